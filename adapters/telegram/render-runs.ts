import { escapeHtml } from './render-text.ts';

/** Text and the tags around it, outermost first, as they stand in the opening tag: `b`, `a href="…"`. */
export type Run = { readonly text: string; readonly tags: readonly string[] };

/** Telegram would make one space of it. */
const TAB = '    ';
const BLANK = /^\s*$/;

function nameOf(tag: string): string {
  return tag.split(' ', 1)[0] ?? tag;
}

/** Tags with one more inside; a tag that is there already counts once. */
export function within(tags: readonly string[], tag: string): readonly string[] {
  return tags.some((outer) => nameOf(outer) === nameOf(tag)) ? tags : [...tags, tag];
}

/** Balanced, without an empty tag: each run closes what it does not share with the one before. */
export function toHtml(runs: readonly Run[]): string {
  let open: readonly string[] = [];
  let html = '';
  for (const { text, tags } of tidy(runs)) {
    const kept = shared(open, tags).length;
    html += closing(open.slice(kept)) + tags.slice(kept).map(opening).join('') + escapeHtml(text);
    open = tags;
  }
  return html + closing(open);
}

export function toVisible(runs: readonly Run[]): string {
  return tidy(runs)
    .map(({ text }) => text)
    .join('');
}

function opening(tag: string): string {
  return `<${tag}>`;
}

function closing(tags: readonly string[]): string {
  return tags
    .map((tag) => `</${nameOf(tag)}>`)
    .reverse()
    .join('');
}

function shared(one: readonly string[], other: readonly string[]): readonly string[] {
  const differs = one.findIndex((tag, index) => tag !== other[index]);
  return differs === -1 ? one : one.slice(0, differs);
}

function tidy(runs: readonly Run[]): readonly Run[] {
  const filled = runs.filter(({ text }) => text !== '');
  return bareBlanks(trimmed(filled)).map(({ text, tags }) => ({ text: text.replaceAll('\t', TAB), tags }));
}

/** Telegram trims a message; the indentation of code that it begins with stays. */
function trimmed(runs: readonly Run[]): readonly Run[] {
  const from = runs.findIndex(({ text }) => !BLANK.test(text));
  const to = runs.findLastIndex(({ text }) => !BLANK.test(text));
  return runs.slice(Math.max(0, from), to + 1).map(({ text, tags }, index, { length }) => {
    const begun = index === 0 && tags[0] !== 'pre' ? text.trimStart() : text;
    return { text: index === length - 1 ? begun.trimEnd() : begun, tags };
  });
}

/** Telegram drops formatting of nothing but space: blanks keep only what both of their neighbours have. */
function bareBlanks(runs: readonly Run[]): readonly Run[] {
  let before: readonly string[] = [];
  let next = 0;
  return runs.map(({ text, tags }, index) => {
    if (!BLANK.test(text)) {
      before = tags;
      return { text, tags };
    }
    next = Math.max(next, index);
    while (BLANK.test(runs[next]?.text ?? '.')) next += 1;
    return { text, tags: shared(shared(tags, before), runs[next]?.tags ?? []) };
  });
}
