import { describe, expect, it } from 'vitest';
import { type Book, estimateOf, guessLoad, readBook, withEntry } from '../../src/models/load-series.ts';

const HOST = 'http://gpu:11434';
const entry = { key: 'a', host: HOST, kind: 'cold', ms: 1_000, sizeBytes: 20e9 } as const;

function bookOf(
  ...times: readonly { readonly key: string; readonly ms: number; readonly sizeBytes: number }[]
) {
  return times.reduce<Book>((book, time) => withEntry(book, { ...entry, ...time }), {});
}

describe('an estimate', () => {
  it('is the median and the ninth decile of what was measured', () => {
    const times = [10, 1, 9, 2, 8, 3, 7, 4, 6, 5, 11];
    expect(estimateOf(times)).toEqual({ medianMs: 6, p90Ms: 10, basis: 'measured' });
  });

  it.each([
    [[2_000], 3_000],
    [[1_000, 2_000, 8_000], 8_000],
  ])('of few measurements (%j) leaves room for others', (times, p90Ms) => {
    expect(estimateOf(times)).toMatchObject({ p90Ms });
  });

  it('is not made of nothing', () => {
    expect(estimateOf([])).toBeUndefined();
  });
});

describe('a guess', () => {
  it('on a new host is cautious: half a gigabyte a second from the disk, eight from the page cache', () => {
    expect(guessLoad({}, HOST, 'cold', 20e9)).toEqual({ medianMs: 40_250, p90Ms: 80_500, basis: 'guessed' });
    expect(guessLoad({}, HOST, 'warm', 20e9)).toMatchObject({ medianMs: 2_750 });
  });

  it('goes by what the other models of the host took, not of another host', () => {
    const book = bookOf({ key: 'a', ms: 10_250, sizeBytes: 20e9 }, { key: 'b', ms: 5_250, sizeBytes: 10e9 });
    expect(guessLoad(book, HOST, 'cold', 4e9)).toEqual({ medianMs: 2_250, p90Ms: 4_500, basis: 'guessed' });
    expect(guessLoad(book, 'http://other', 'cold', 4e9)).toMatchObject({ medianMs: 8_250 });
    expect(guessLoad(book, HOST, 'warm', 4e9)).toMatchObject({ medianMs: 750 });
  });

  it('learns nothing of the disk from a file so small that starting the engine is most of its load', () => {
    const book = bookOf({ key: 'tiny', ms: 260, sizeBytes: 0.7e6 });
    expect(guessLoad(book, HOST, 'cold', 20e9)).toMatchObject({ medianMs: 40_250 });
  });
});

describe('the book', () => {
  it('keeps the last twenty of each', () => {
    const times = Array.from({ length: 30 }, (_, ms) => ({ key: 'a', ms, sizeBytes: 1 }));
    expect(bookOf(...times).a?.cold).toEqual(Array.from({ length: 20 }, (_, index) => index + 10));
  });

  it('forgets the models that were not measured for longest', () => {
    const times = Array.from({ length: 300 }, (_, index) => ({ key: `m${index}`, ms: 1, sizeBytes: 1 }));
    const book = bookOf({ key: 'old', ms: 1, sizeBytes: 1 }, ...times.slice(0, 150), { ...entry, key: 'm0' });
    const full = times.slice(150).reduce<Book>((all, time) => withEntry(all, { ...entry, ...time }), book);
    expect(Object.keys(full)).toHaveLength(200);
    expect(full).toHaveProperty('m0');
    expect(full).not.toHaveProperty('old');
  });

  it.each([
    ['nothing', undefined],
    ['something else', 'x'],
    ['a damaged series', { a: { host: HOST, sizeBytes: 1, cold: ['1'], warm: [], service: [] } }],
    ['half a series', { a: { host: HOST } }],
  ])('is empty where %s was kept', (_, kept) => {
    expect(readBook(kept)).toEqual({});
  });

  it('reads what it wrote', () => {
    const book = bookOf({ key: 'a', ms: 1_234.4, sizeBytes: 20e9 });
    expect(readBook(JSON.parse(JSON.stringify(book)))).toEqual(book);
    expect(book.a?.cold).toEqual([1_234]);
  });
});
