import { button, h } from './dom.js';
import { createMarkdown } from './markdown.js';

const AS_QUESTION = 'To ask it as a question, begin with //';

/** A command and what it said: in the conversation, but no part of it, and gone when the page is. */
export function createNote() {
  const markdown = createMarkdown();
  const given = h('p', { class: 'given' });
  const below = h('div', { class: 'below' });
  const element = h('aside', { class: 'note', tabindex: '-1' }, given, markdown.element, below);
  let offered = '';

  /** Whoever pressed a button that is gone goes on from here. */
  function showBelow(...parts) {
    const pressed = below.contains(document.activeElement);
    below.replaceChildren(...parts);
    if (pressed) element.focus({ preventScroll: true });
  }

  function ended() {
    element.toggleAttribute('data-waits', false);
  }

  return {
    element,
    words: () => markdown.element.textContent,
    giving({ name, argument }) {
      offered = '';
      given.textContent = `/${name} ${argument}`.trim();
      element.setAttribute('aria-label', `Command: ${given.textContent}`);
      element.toggleAttribute('data-waits', true);
    },
    /** Takes the place of what was said before. `onChoice`: the command that a button stands for. */
    say({ markdown: text, offer }, onChoice) {
      markdown.show(text);
      const choices = offer?.choices ?? [];
      // Whoever is about to press one finds it where it was.
      const key = JSON.stringify(offer ?? null);
      if (key === offered) return;
      offered = key;
      const buttons = choices.map(({ value, label }) =>
        button(label, () => onChoice({ name: offer.command, argument: value })),
      );
      showBelow(...(buttons.length > 0 ? [h('div', { class: 'choices' }, ...buttons)] : []));
    },
    /** Nothing more is said. */
    ended,
    /** More would have been said. */
    lost() {
      ended();
      const words = 'The connection was lost. What was ordered goes on: /models shows how it is.';
      showBelow(h('p', { class: 'hint' }, words));
    },
    fail({ code, message, hint }, onRetry) {
      ended();
      markdown.show('');
      const hints = [hint, code === 'not_found' && AS_QUESTION].filter(Boolean);
      const words = [h('p', {}, message), ...hints.map((one) => h('p', { class: 'hint' }, one))];
      const again = code === 'unreachable' ? [button('Try again', onRetry)] : [];
      showBelow(h('div', { class: 'failure' }, ...words, ...again));
    },
  };
}
