import { button, h } from './dom.js';

const EXAMPLES = [
  'Why is the sky blue, in three sentences?',
  'Write a Python function that finds duplicates in a list',
  'Draft a polite mail that moves a meeting to Friday',
];

/** What an empty conversation shows. */
export function createWelcome({ onAsk }) {
  const examples = EXAMPLES.map((text) =>
    h(
      'li',
      {},
      button(text, () => onAsk(text)),
    ),
  );
  return h(
    'div',
    { class: 'welcome', hidden: true },
    h('p', {}, 'Ask anything: your own models answer, and every answer says which one and why.'),
    h('ul', {}, ...examples),
    h('p', { class: 'hint' }, 'Type / to see the commands.'),
  );
}
