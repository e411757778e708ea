import { button, h } from './dom.js';

/** Closes the field while this chat waits for a load that was ordered on this page, and says what is waited for. */
export function createLock({ line, fields, textarea }) {
  const words = h('span', {});
  let cancel = () => {};
  let hadFocus = false;
  /** What is waited for, by the order that it is told of. */
  const waits = new Map();
  line.append(
    words,
    button('Cancel', () => cancel(), { class: 'quiet', 'aria-label': 'Cancel the load' }),
  );

  function show() {
    const newest = [...waits.values()].at(-1);
    const isClosed = newest !== undefined;
    if (isClosed && !fields.disabled) hadFocus = fields.contains(document.activeElement);
    fields.disabled = isClosed;
    line.hidden = !isClosed;
    if (isClosed) {
      words.textContent = `${newest.text}. Then you can write again.`;
      cancel = newest.onCancel;
    } else if (hadFocus) {
      hadFocus = false;
      const now = document.activeElement ?? document.body;
      // Whoever went on somewhere else stays there.
      if (now === document.body || line.contains(now) || fields.contains(now)) textarea.focus();
    }
  }

  return {
    close(order, text, onCancel) {
      waits.set(order, { text, onCancel });
      show();
    },
    open(order) {
      if (waits.delete(order)) show();
    },
  };
}
