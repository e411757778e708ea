import { button, h } from './dom.js';

/** The person's part of an exchange. `pictures` are those that this page itself sent. */
export function createQuestion({ text, images = [], sentAt, standalone = false }, pictures = []) {
  const fate = h('div', { class: 'fate' });
  const element = h('div', { class: 'question', title: new Date(sentAt).toLocaleString() });
  const bubble = h('div', { class: 'bubble' });
  if (pictures.length > 0) {
    const shown = pictures.map(({ url, name }) => h('img', { src: url, alt: name }));
    bubble.append(h('div', { class: 'sent-pictures' }, ...shown));
  } else if (images.length > 0) {
    bubble.append(
      h('p', { class: 'tag' }, images.length === 1 ? '🖼 1 picture' : `🖼 ${images.length} pictures`),
    );
  }
  if (text) bubble.append(h('p', { class: 'words' }, text));
  if (standalone) bubble.append(h('p', { class: 'tag' }, 'asked on its own'));
  element.append(bubble, fate);

  return {
    element,
    sending() {
      fate.className = 'fate';
      fate.replaceChildren('Sending…');
    },
    taken: () => fate.replaceChildren(),
    unsent(failure, { onRetry, onRemove }) {
      fate.className = 'fate unsent';
      fate.replaceChildren(
        h('p', { role: 'alert' }, `Not sent: ${failure.message}${failure.hint ? ` ${failure.hint}` : ''}`),
        button('Try again', onRetry),
        button('Remove', onRemove, { class: 'quiet' }),
      );
    },
  };
}
