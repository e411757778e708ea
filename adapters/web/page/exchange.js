import { createAnswer } from './answer.js';
import { h } from './dom.js';
import { createQuestion } from './question.js';

const LABEL_CHARS = 80;

/**
 * A question and what becomes of it. `state` is `pending` until the house has taken it, then `running`,
 * then `ended`.
 */
export function createExchange({ question, pictures = [], onStop, onAgain, onAgree }) {
  const asked = createQuestion(question, pictures);
  const answer = createAnswer({ onStop, onAgain, onAgree });
  const label = `Question: ${question.text.slice(0, LABEL_CHARS)}`;
  const element = h('article', { 'aria-label': label }, asked.element, answer.element);

  function become(state) {
    element.dataset.state = state;
  }
  become('pending');

  return {
    element,
    question,
    pictures,
    answer,
    get state() {
      return element.dataset.state;
    },
    sending: asked.sending,
    unsent: asked.unsent,
    begin() {
      asked.taken();
      answer.begin();
      become('running');
    },
    end(outcome, words) {
      asked.taken();
      answer.end(outcome, words);
      become('ended');
    },
  };
}
