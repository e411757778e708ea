import type { MarkedToken, Token, Tokens } from 'marked';
import { renderInline, renderMarkup } from './render-inline.ts';
import { type Run, within } from './render-runs.ts';
import { renderTable } from './render-table.ts';

const RULE = '———';
const INDENT = '  ';
/** Deeper lists are no longer indented: a phone is narrow, and hostile nesting must not grow quadratically. */
const MAX_INDENTS = 6;
const LANGUAGE = /^[{.\s]*([\w+#.-]{1,30})/;

/** Where blocks stand: the tags around them, how deep in lists, and which addresses are linked to by name. */
type Place = {
  readonly tags: readonly string[];
  readonly depth: number;
  readonly linked: ReadonlySet<string>;
};

export function renderBlocks(tokens: readonly Token[]): readonly Run[] {
  return renderAll(tokens, { tags: [], depth: 0, linked: linkedAddresses(tokens) });
}

function renderAll(tokens: readonly Token[], place: Place): readonly Run[] {
  const runs: Run[] = [];
  let gap = '';
  for (const token of tokens as readonly MarkedToken[]) {
    const block = renderBlock(token, place);
    if (block.length > 0) {
      if (runs.length > 0) runs.push({ text: gap || '\n', tags: place.tags });
      runs.push(...block);
      gap = '';
    }
    if (token.type === 'space' || /\n[ \t]*\n\s*$/.test(token.raw)) gap = '\n\n';
  }
  return runs;
}

function renderBlock(token: MarkedToken, place: Place): readonly Run[] {
  const { tags } = place;
  switch (token.type) {
    case 'space':
    case 'checkbox':
      return [];
    case 'paragraph':
      return renderInline(token.tokens, tags);
    case 'text':
      return renderInline(token.tokens ?? [token], tags);
    case 'heading':
      return renderInline(token.tokens, within(tags, 'b'));
    case 'code':
      return renderCode(token);
    case 'blockquote':
      return renderAll(token.tokens, { ...place, tags: within(tags, 'blockquote') });
    case 'list':
      return renderList(token, place);
    case 'table':
      return renderTable(token);
    case 'hr':
      return [{ text: RULE, tags }];
    case 'html':
      return renderMarkup(token.text, tags);
    case 'def':
      return place.linked.has(token.href) ? [] : [{ text: token.raw.trim(), tags }];
    default:
      return [{ text: token.raw.trim(), tags }];
  }
}

/** Telegram: `pre` contains and is part of nothing else. */
function renderCode({ text, lang = '' }: Tokens.Code): readonly Run[] {
  const code = text.replace(/^(?:[ \t]*\n)+/, '').trimEnd();
  const language = LANGUAGE.exec(lang)?.[1];
  const tags = language === undefined ? ['pre'] : ['pre', `code class="language-${language}"`];
  return code.trim() === '' ? [] : [{ text: code, tags }];
}

function renderList({ items, ordered, start, loose }: Tokens.List, place: Place): readonly Run[] {
  const first = typeof start === 'number' ? start : 1;
  return items.flatMap((item, index) => {
    const bullet = ordered ? `${first + index}. ` : '• ';
    const box = item.checked ? '☑ ' : '☐ ';
    const marker = item.task ? (ordered ? bullet + box : box) : bullet;
    const gap = index === 0 ? [] : [{ text: loose ? '\n\n' : '\n', tags: place.tags }];
    return [...gap, ...renderItem(item, marker, place)];
  });
}

function renderItem(item: Tokens.ListItem, marker: string, place: Place): readonly Run[] {
  const body = renderAll(item.tokens, { ...place, depth: place.depth + 1 });
  const standsAlone = body[0] !== undefined && isBlock(body[0], place);
  const head = { text: standsAlone ? `${marker.trimEnd()}\n` : marker, tags: place.tags };
  return [head, ...(place.depth < MAX_INDENTS ? indented(body, place) : body)];
}

/** Code and quotes are blocks of their own in Telegram, and code must be copied without added spaces. */
function isBlock({ tags }: Run, place: Place): boolean {
  return tags[0] === 'pre' || (tags[0] === 'blockquote' && place.tags[0] !== 'blockquote');
}

function indented(runs: readonly Run[], place: Place): readonly Run[] {
  return runs.map((run, index) => {
    const next = runs[index + 1];
    if (isBlock(run, place)) return run;
    const text = run.text.replace(/\n(?=[^\n])/g, `\n${INDENT}`);
    const leads = text.endsWith('\n') && next && !isBlock(next, place) && !next.text.startsWith('\n');
    return { text: leads ? text + INDENT : text, tags: run.tags };
  });
}

/** Where the links by reference lead; a definition that none of them uses is shown. */
function linkedAddresses(tokens: readonly Token[], found = new Set<string>()): ReadonlySet<string> {
  for (const token of tokens as readonly MarkedToken[]) {
    if ((token.type === 'link' || token.type === 'image') && token.raw.endsWith(']')) found.add(token.href);
    if (token.type === 'list') linkedAddresses(token.items, found);
    else if (token.type === 'table')
      for (const cell of [token.header, ...token.rows].flat()) linkedAddresses(cell.tokens, found);
    else if ('tokens' in token && token.tokens) linkedAddresses(token.tokens, found);
  }
  return found;
}
