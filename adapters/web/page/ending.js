import { button, copyButton, h } from './dom.js';

/**
 * How an exchange ended: the text and the thoughts that stay, and what stands below them. `words` are those
 * of an answer, or of a failure. `onAgain` takes what is wished of the cache, if anything.
 */
export function endingOf(outcome, words, onAgain) {
  switch (outcome.kind) {
    case 'answer': {
      const { answer } = outcome;
      return {
        text: answer.text,
        thinking: answer.thinking ?? '',
        parts: belowAnswer(answer, words, onAgain),
      };
    }
    case 'failure':
      return { text: '', thinking: '', parts: [failureBox(words.failure, onAgain)] };
    default: {
      const stopped = h(
        'div',
        { class: 'stopped' },
        h('p', {}, 'Stopped.'),
        button('Ask again', () => onAgain()),
      );
      return { text: outcome.text, thinking: '', parts: [stopped] };
    }
  }
}

function failureBox([message, ...more], onAgain) {
  return h(
    'div',
    { class: 'failure' },
    h('p', {}, message),
    ...more.map((line) => h('p', { class: 'hint' }, line)),
    button('Try again', () => onAgain()),
  );
}

function belowAnswer({ text, from, provenance }, words, onAgain) {
  const notices = words.notices.map((notice) => h('p', { class: 'notice' }, notice));
  const why = h(
    'details',
    { class: 'provenance' },
    h('summary', { title: provenance.reason }, words.provenance),
    h('p', {}, provenance.reason),
    h('p', {}, words.facts),
  );
  const copy = copyButton(() => text, { class: 'quiet', 'aria-label': 'Copy this answer' });
  const afresh =
    from === 'cache' ? [button('Ask afresh', () => onAgain({ read: false }), { class: 'quiet' })] : [];
  return [...notices, h('div', { class: 'foot' }, why, h('div', { class: 'actions' }, ...afresh, copy))];
}
