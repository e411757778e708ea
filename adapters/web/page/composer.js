import { chat } from './api.js';
import { readInput } from './commands.js';

/** So often it is told at most that somebody writes. */
const TYPING_MS = 30_000;
const DRAFT_KEY = `ostler.draft.${chat}`;

/** Where questions and commands are written. The draft outlives the page. */
export function createComposer({ form, textarea, pictures, onAsk, onCommand, onTyping }) {
  let typedAt = Number.NEGATIVE_INFINITY;

  function grow() {
    textarea.style.height = 'auto';
    textarea.style.height = `${textarea.scrollHeight}px`;
  }

  function set(text) {
    textarea.value = text;
    if (text) localStorage.setItem(DRAFT_KEY, text);
    else localStorage.removeItem(DRAFT_KEY);
    grow();
  }

  /** As if somebody had written it: whoever looks on sees it too. */
  function write(text) {
    textarea.value = text;
    textarea.dispatchEvent(new Event('input'));
  }

  function send() {
    const text = textarea.value.trim();
    if (text === '' && pictures.count === 0) return;
    write('');
    const { question, name, argument } = readInput(text);
    if (name === undefined) onAsk(question, pictures.take());
    else onCommand(name, argument);
  }

  /** A question is being written. */
  function noticeTyping(text) {
    const now = performance.now();
    if (text.trim() === '' || text.startsWith('/') || now - typedAt < TYPING_MS) return;
    typedAt = now;
    onTyping();
  }

  textarea.addEventListener('input', () => {
    set(textarea.value);
    noticeTyping(textarea.value);
  });
  textarea.addEventListener('keydown', (event) => {
    if (event.defaultPrevented) return;
    // The Enter that accepts a word of an input method is not meant for us.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send();
    textarea.focus();
  });
  addEventListener('resize', grow);
  set(localStorage.getItem(DRAFT_KEY) ?? '');
  // On a phone this would open the keyboard over what was said.
  if (matchMedia('(pointer: fine)').matches) textarea.focus();

  return {
    write(text) {
      write(text);
      textarea.focus();
    },
  };
}
