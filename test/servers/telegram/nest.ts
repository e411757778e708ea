import { isClosed, isQuote, isStyle } from './found-entities.ts';
import type { Entity } from './wire.ts';

/** The order of entities that begin and end together, outermost first. */
const ORDER = [
  'blockquote',
  'expandable_blockquote',
  'pre',
  'code',
  'text_link',
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
];

/** Orders and cuts entities so that they nest as Telegram lets them: no quote in a quote, nothing in code. */
export function nestEntities(entities: readonly Entity[]): readonly Entity[] {
  const sorted = [...entities].sort(compare);
  const closed = withoutOverlap(sorted.filter(({ type }) => isClosed(type)));
  const quotes = withoutOverlap(sorted.filter(({ type }) => isQuote(type)));
  const code = closed.filter(({ type }) => type === 'code' || type === 'pre');
  const styles = sorted.filter(({ type }) => isStyle(type));
  return cutCrossing([...closed, ...quotes, ...around(joinEqual(styles), code)]);
}

function compare(one: Entity, other: Entity): number {
  return (
    one.offset - other.offset ||
    other.length - one.length ||
    ORDER.indexOf(one.type) - ORDER.indexOf(other.type)
  );
}

function endOf({ offset, length }: Entity): number {
  return offset + length;
}

function withoutOverlap(sorted: readonly Entity[]): Entity[] {
  const kept: Entity[] = [];
  for (const entity of sorted) {
    const last = kept.at(-1);
    if (!last || endOf(last) <= entity.offset) kept.push(entity);
  }
  return kept;
}

function joinEqual(sorted: readonly Entity[]): Entity[] {
  const byType = new Map<string, Entity[]>();
  for (const entity of sorted) {
    const joined = byType.get(entity.type) ?? [];
    byType.set(entity.type, joined);
    const last = joined.at(-1);
    if (!last || endOf(last) < entity.offset) joined.push(entity);
    else joined.splice(-1, 1, { ...last, length: Math.max(endOf(last), endOf(entity)) - last.offset });
  }
  return [...byType.values()].flat();
}

function around(styles: readonly Entity[], code: readonly Entity[]): Entity[] {
  return styles.flatMap((style) => {
    const pieces: Entity[] = [];
    let from = style.offset;
    for (const hole of [...code, { type: '', offset: endOf(style), length: 0 }]) {
      const to = Math.min(hole.offset, endOf(style));
      if (to > from) pieces.push({ ...style, offset: from, length: to - from });
      from = Math.max(from, endOf(hole));
    }
    return pieces;
  });
}

function cutCrossing(entities: readonly Entity[]): Entity[] {
  const waiting = [...entities].sort(compare);
  const result: Entity[] = [];
  const open: Entity[] = [];
  for (let entity = waiting.shift(); entity; entity = waiting.shift()) {
    while (open.length > 0 && endOf(open.at(-1) as Entity) <= entity.offset) open.pop();
    const outer = open.at(-1);
    if (outer && endOf(outer) < endOf(entity)) {
      const cut = endOf(outer);
      waiting.push({ ...entity, offset: cut, length: endOf(entity) - cut });
      waiting.push({ ...entity, length: cut - entity.offset });
      waiting.sort(compare);
      continue;
    }
    open.push(entity);
    result.push(entity);
  }
  return result;
}
