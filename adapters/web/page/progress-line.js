import { createConsent } from './consent.js';
import { button, h } from './dom.js';

/** What a question waits for, in words, with a bar where a load is estimated, and a way to stop waiting. */
export function createProgressLine({ onStop, onAgree }) {
  const words = h('span', { class: 'progress-words' }, 'Taken');
  const pulse = h('span', { class: 'pulse', 'aria-hidden': 'true' });
  const stop = button('Stop', onStop, { class: 'quiet stop' });
  const bar = h('progress', { max: '1', 'aria-label': 'Estimated progress of the load' });
  const estimate = h(
    'span',
    { class: 'estimate', hidden: true },
    bar,
    h('span', { 'aria-hidden': 'true' }, 'estimated'),
  );
  const told = h('div', { class: 'told' }, words, estimate);
  const element = h('div', { class: 'progress' }, pulse, told, stop);
  const consent = createConsent({ onAgree });
  told.append(consent.element);
  let latest;
  let begun = false;

  function tell() {
    if (latest === undefined) return;
    const answering = begun && latest.progress.stage === 'generating';
    const text = answering ? `${latest.progress.model} is answering` : latest.words;
    if (words.textContent !== text) words.textContent = text;
    showShare(latest.progress);
    consent.show(latest.progress);
  }

  /** Of an unload nobody waits long enough to watch it. */
  function showShare({ stage, share }) {
    const loads = stage === 'loading' || stage === 'initializing';
    estimate.hidden = !loads || share === undefined;
    if (!estimate.hidden) bar.value = share;
  }

  return {
    element,
    /** An event of type `progress`. */
    show(event) {
      latest = event;
      tell();
    },
    /** Whether something of the answer is there. */
    setBegun(now) {
      begun = now;
      tell();
    },
    remove: () => element.remove(),
  };
}
