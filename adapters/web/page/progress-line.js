import { button, h } from './dom.js';
import { progressWords } from './words.js';

/** What a question waits for, in words, with a way to stop waiting. */
export function createProgressLine({ onStop, ollamaUrl }) {
  const words = h('span', { class: 'progress-words' }, 'Taken');
  const pulse = h('span', { class: 'pulse', 'aria-hidden': 'true' });
  const stop = button('Stop', onStop, { class: 'quiet stop' });
  const element = h('div', { class: 'progress' }, pulse, words, stop);
  let latest;
  let toldAt = 0;
  let begun = false;
  let ticking;

  function tell() {
    if (latest === undefined) return;
    const since = (performance.now() - toldAt) / 1000;
    const moved = latest.stage === 'loading' ? { ...latest, forSeconds: latest.forSeconds + since } : latest;
    const text = progressWords(moved, { url: ollamaUrl(), begun });
    if (words.textContent !== text) words.textContent = text;
  }

  function freeze() {
    clearInterval(ticking);
  }

  return {
    element,
    freeze,
    show(progress) {
      freeze();
      latest = progress;
      toldAt = performance.now();
      tell();
      if (progress.stage === 'loading') ticking = setInterval(tell, 1000);
    },
    /** Whether something of the answer is there. */
    setBegun(now) {
      begun = now;
      tell();
    },
    remove() {
      freeze();
      element.remove();
    },
  };
}
