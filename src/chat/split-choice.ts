import { type Cut, type Cuts, KINDS } from './split-cuts.ts';
import { closing, type Fence } from './split-fences.ts';

/** Shares of a part: a good place behind the first is best, then one behind the second. */
const FULL_ENOUGH = [0.5, 0.25];
/** Longer than almost every grapheme. */
const GRAPHEME_REACH = 64;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The text that a cut may take: what stands before `from` is repeated and no progress. */
type Room = { readonly from: number; readonly length: number };

/** A part up to a cut, its open fence closed. */
export function partUpTo(text: string, { at, fence }: Pick<Cut, 'at' | 'fence'>): string {
  const part = text.slice(0, at).trimEnd();
  return fence ? `${part}\n${closing(fence)}` : part;
}

/** The best place for a cut that leaves a part of at most `room.length` characters. */
export function bestCut(text: string, found: Cuts, room: Room): Cut {
  const possible = found.cuts.filter(
    ({ at, fence }) => at > room.from && at + closingLength(fence) <= room.length,
  );
  const clean = KINDS.filter((kind) => kind !== 'torn');
  const last = (kinds: readonly Cut['kind'][], share: number) => {
    const least = room.from + share * (room.length - room.from);
    const late = possible.filter(({ at }) => at >= least);
    return kinds.map((kind) => late.findLast((cut) => cut.kind === kind)).find((cut) => cut !== undefined);
  };
  for (const share of FULL_ENOUGH) {
    const cut = last(clean, share);
    if (cut) return cut;
  }
  return last(['torn'], FULL_ENOUGH[0] ?? 0) ?? anywhere(text, found, room);
}

/** Between two graphemes, where the next part begins with what cannot open or close a fence. */
function anywhere(text: string, found: Cuts, { from, length }: Room): Cut {
  const latest = Math.min(length, text.length - 2);
  let at = latest - closingLength(found.fenceAt(latest));
  while (at > from + 1 && /[\s`~]/.test(text.charAt(at))) at -= 1;
  if (at <= from + 1) at = latest - closingLength(found.fenceAt(latest));
  at = Math.max(from + 1, graphemeStart(text, at, from));
  if (isInsidePair(text, at)) at += 1;
  return { at, kind: 'torn', fence: found.fenceAt(at) };
}

function graphemeStart(text: string, at: number, from: number): number {
  const begin = Math.max(from, at - GRAPHEME_REACH);
  const start = graphemes.segment(text.slice(begin)).containing(at - begin)?.index ?? 0;
  if (start > 0) return begin + start;
  return isInsidePair(text, at) ? at - 1 : at;
}

function isInsidePair(text: string, at: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
}

function closingLength(fence: Fence | undefined): number {
  return fence ? closing(fence).length + 1 : 0;
}
