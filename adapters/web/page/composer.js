import { chat } from './api.js';

const DRAFT_KEY = `ostler.draft.${chat}`;

/** Where questions are written. The draft outlives the page. */
export function createComposer({ form, textarea, pictures, onSend }) {
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

  function send() {
    const text = textarea.value.trim();
    if (text === '' && pictures.count === 0) return;
    set('');
    onSend(text, pictures.take());
  }

  textarea.addEventListener('input', () => set(textarea.value));
  textarea.addEventListener('keydown', (event) => {
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
      set(text);
      textarea.focus();
    },
  };
}
