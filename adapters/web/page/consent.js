import { button, h } from './dom.js';

/** The answers to what is asked before a model leaves the memory; hidden while nothing is. `onAgree`: the choice, and of what. */
export function createConsent({ onAgree }) {
  const element = h('div', { class: 'choices consent', hidden: true });
  let shown = '';

  function choicesFor({ id, resident }) {
    const agree = (choice) => () => onAgree({ choice, question: id });
    const choices = [button('Switch', agree('switch'))];
    if (resident) choices.push(button(`Answer with ${resident}`, agree('resident')));
    return choices;
  }

  return {
    element,
    show({ stage, asks }) {
      const now = stage === 'checking_memory' && asks ? asks : undefined;
      const key = JSON.stringify(now ?? null);
      if (key === shown) return;
      shown = key;
      element.hidden = now === undefined;
      element.replaceChildren(...(now ? choicesFor(now) : []));
    },
  };
}
