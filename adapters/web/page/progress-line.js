import { button, h } from './dom.js';

/** What a question waits for, in words, with a way to stop waiting. */
export function createProgressLine({ onStop }) {
  const words = h('span', { class: 'progress-words' }, 'Taken');
  const pulse = h('span', { class: 'pulse', 'aria-hidden': 'true' });
  const stop = button('Stop', onStop, { class: 'quiet stop' });
  const element = h('div', { class: 'progress' }, pulse, words, stop);
  let latest;
  let begun = false;

  function tell() {
    if (latest === undefined) return;
    const answering = begun && latest.progress.stage === 'generating';
    const text = answering ? `${latest.progress.model} is answering` : latest.words;
    if (words.textContent !== text) words.textContent = text;
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
