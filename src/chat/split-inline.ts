/** A place in a line where text may be cut. */
type InlineCut = { readonly at: number; readonly isSentence: boolean; readonly isTorn: boolean };

/** Follows the inline formatting of a paragraph, so that what stands open at a cut is known. */
export type InlineReader = {
  isOpen(): boolean;
  /** Reads the next piece of the paragraph, which begins at `offset`. */
  read(text: string, offset: number): readonly InlineCut[];
};

const PIECE = /\\\S|`+|\*+|_+|~~|\[|\]\(|\]|\)|[ \t]+|[。！？]/g;
const SENTENCE_END = /[.!?…:;]["'”’»)\]*_~`]*$/;
/** These begin, or may begin, a block at the start of a line. */
const BLOCK_START = /^(?:[-+*](?:\s|$)|--|[`~](?:[`~]|$)|[>#=|\s]|$)/;

export function createInlineReader(): InlineReader {
  const open: string[] = [];

  function closeDownTo(marker: string): boolean {
    const index = open.lastIndexOf(marker);
    if (index >= 0) open.length = index;
    return index >= 0;
  }

  function follow(piece: string, before: string, after: string): void {
    const inCode = open.at(-1)?.startsWith('`') === true;
    if (piece.startsWith('`')) {
      if (!closeDownTo(piece) && !inCode) open.push(piece);
    } else if (inCode || piece.startsWith('\\')) return;
    else if (piece === '[') open.push('[');
    else if (piece === '](') {
      if (closeDownTo('[')) open.push('(');
    } else if (piece === ']') closeDownTo('[');
    else if (piece === ')') closeDownTo('(');
    else {
      const mayClose = /\S/.test(before);
      if (mayClose && closeDownTo(piece)) return;
      if (/\S/.test(after) && !/\w/.test(before)) open.push(piece);
    }
  }

  return {
    isOpen: () => open.length > 0,

    read(text, offset) {
      const cuts: InlineCut[] = [];
      for (const { 0: piece, index } of text.matchAll(PIECE)) {
        const end = index + piece.length;
        const after = text.charAt(end);
        const isSpace = piece.trim() === '';
        const isStop = /[。！？]/.test(piece);
        if (!isSpace && !isStop) follow(piece, text.charAt(index - 1), after);
        else if (!BLOCK_START.test(text.slice(end, end + 2))) {
          const isSentence = isStop || SENTENCE_END.test(text.slice(Math.max(0, index - 8), index));
          cuts.push({ at: offset + end, isSentence, isTorn: open.length > 0 });
        }
      }
      return cuts;
    },
  };
}
