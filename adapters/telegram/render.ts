import { Lexer } from 'marked';
import { renderBlocks } from './render-blocks.ts';
import { type Run, toHtml, toVisible } from './render-runs.ts';
import { cleanText } from './render-text.ts';

/** What is sent with `parse_mode: 'HTML'`, and what Telegram shows of it and counts against its limit. */
export type Rendered = { readonly html: string; readonly visible: string };

/**
 * Markdown as Telegram's HTML (https://core.telegram.org/bots/api#html-style); never throws. Both results are
 * empty only if the Markdown is blank; `visible.length` is what Telegram counts, in UTF-16 units.
 */
export function renderHtml(markdown: string): Rendered {
  const source = cleanText(markdown);
  const formatted = render(formattedRuns(source));
  return formatted.visible === '' ? render([{ text: source, tags: [] }]) : formatted;
}

/** Nesting that overflows the lexer's stack is shown as it was written. */
function formattedRuns(source: string): readonly Run[] {
  try {
    return renderBlocks(Lexer.lex(source, { gfm: true }));
  } catch {
    return [{ text: source, tags: [] }];
  }
}

function render(runs: readonly Run[]): Rendered {
  return { html: toHtml(runs), visible: toVisible(runs) };
}
