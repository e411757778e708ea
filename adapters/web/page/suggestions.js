import * as api from './api.js';
import { h } from './dom.js';

/**
 * The commands, and what they take, while somebody writes one. The arrows choose, Tab and Enter take what is
 * chosen, Escape closes the list until something else is written.
 */
export function createSuggestions({ textarea, list, onCount }) {
  let commands = [];
  let shown = [];
  let active = -1;
  let asked = false;

  /** What fits to the text: `fill` is the whole text with it. */
  function suggestionsFor(text) {
    const [, typed] = /^\/([a-z]*)$/i.exec(text) ?? [];
    if (typed !== undefined) return commandsFor(typed.toLowerCase());
    const [, name, rest] = /^\/([a-z]+) +([^\n]*)$/i.exec(text) ?? [];
    return name === undefined ? [] : choicesFor(name.toLowerCase(), rest.toLowerCase());
  }

  function commandsFor(typed) {
    const found = commands.filter(({ name }) => name.startsWith(typed));
    return found.map(({ name, argument, description }) => ({
      fill: argument ? `/${name} ` : `/${name}`,
      title: `/${name}`,
      argument: argument?.name,
      description,
    }));
  }

  function choicesFor(name, typed) {
    const choices = commands.find((command) => command.name === name)?.argument?.choices ?? [];
    const found = choices.filter(({ value, label }) => `${value} ${label}`.toLowerCase().includes(typed));
    if (found.some(({ value }) => value.toLowerCase() === typed)) return [];
    return found.map(({ value, label }) => ({ fill: `/${name} ${value}`, title: label }));
  }

  function close() {
    shown = [];
    show();
  }

  function show() {
    list.hidden = shown.length === 0;
    list.replaceChildren(...shown.map(optionOf));
    list.scrollTop = 0;
    mark(active);
  }

  function optionOf({ title, argument, description }, index) {
    const parts = [h('span', { class: 'title' }, title)];
    if (argument) parts.push(h('span', { class: 'argument' }, argument));
    if (description) parts.push(h('span', { class: 'description' }, description));
    return h('div', { id: `suggestion-${index}`, role: 'option', onclick: () => take(index) }, ...parts);
  }

  function mark(index) {
    active = index;
    for (const [at, option] of [...list.children].entries()) {
      option.setAttribute('aria-selected', String(at === index));
    }
    const option = list.children[index];
    option?.scrollIntoView({ block: 'nearest' });
    if (option) textarea.setAttribute('aria-activedescendant', option.id);
    else textarea.removeAttribute('aria-activedescendant');
  }

  function take(index) {
    textarea.value = shown[index].fill;
    textarea.dispatchEvent(new Event('input'));
    textarea.focus();
  }

  function look() {
    shown = suggestionsFor(textarea.value);
    // An argument may be left out: Enter takes one only where something of it was written or chosen.
    active = shown.length > 0 && !textarea.value.endsWith(' ') ? 0 : -1;
    show();
    if (shown.length > 0) onCount(shown.length);
  }

  /** The models may have changed since the last command was written. */
  async function refresh() {
    commands = await api.commands().catch(() => commands);
    if (textarea.value.startsWith('/')) look();
  }

  function step(by) {
    mark((active + by + shown.length + (active < 0 && by < 0 ? 1 : 0)) % shown.length);
  }

  const isComplete = () => active < 0 || shown[active].fill.trim() === textarea.value.trim();
  const keys = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Tab: () => take(Math.max(active, 0)),
    Enter: () => take(active),
    Escape: close,
  };

  textarea.addEventListener('input', () => {
    const begins = textarea.value.startsWith('/');
    if (begins && !asked) void refresh();
    asked = begins;
    look();
  });
  textarea.addEventListener('keydown', (event) => {
    const plain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey && !event.isComposing;
    if (shown.length === 0 || !plain || !Object.hasOwn(keys, event.key)) return;
    if (event.key === 'Enter' && isComplete()) return;
    event.preventDefault();
    keys[event.key]();
  });
  textarea.addEventListener('blur', close);
  // Whoever touches the list goes on writing.
  list.addEventListener('mousedown', (event) => event.preventDefault());
}
