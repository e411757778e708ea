import { button, copyButton, h } from './dom.js';
import { provenanceWords, secondsWords } from './words.js';

const CUT_OFF = 'The model stopped at its longest answer: it may be incomplete.';

/** How an exchange ended: the text and the thoughts that stay, and what stands below them. */
export function endingOf(outcome, onAgain) {
  switch (outcome.kind) {
    case 'answer': {
      const { answer } = outcome;
      return { text: answer.text, thinking: answer.thinking ?? '', parts: belowAnswer(answer) };
    }
    case 'failure':
      return { text: '', thinking: '', parts: [failureBox(outcome.failure, onAgain)] };
    default: {
      const stopped = h('div', { class: 'stopped' }, h('p', {}, 'Stopped.'), button('Ask again', onAgain));
      return { text: outcome.text, thinking: '', parts: [stopped] };
    }
  }
}

function failureBox({ message, hint }, onAgain) {
  const words = [h('p', {}, message), ...(hint ? [h('p', { class: 'hint' }, hint)] : [])];
  return h('div', { class: 'failure' }, ...words, button('Try again', onAgain));
}

function belowAnswer(answer) {
  const notices = [answer.provenance.notice, answer.finished === 'length' ? CUT_OFF : undefined];
  const shown = notices.filter(Boolean).map((notice) => h('p', { class: 'notice' }, notice));
  return [...shown, provenanceLine(answer)];
}

function provenanceLine(answer) {
  const { provenance, promptTokens, tokens, waitSeconds } = answer;
  const honest = answer.simulated ? ' · simulated' : '';
  const summary = h('summary', { title: provenance.reason }, provenanceWords(answer) + honest);
  const facts = `${promptTokens} tokens read, ${tokens} written; it waited ${secondsWords(waitSeconds)} before it began.`;
  const why = h(
    'details',
    { class: 'provenance' },
    summary,
    h('p', {}, provenance.reason),
    h('p', {}, facts),
  );
  const copy = copyButton(() => answer.text, { class: 'quiet', 'aria-label': 'Copy this answer' });
  return h('div', { class: 'foot' }, why, copy);
}
