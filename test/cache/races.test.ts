import { describe, expect, it } from 'vitest';
import { entryOf, openTiers } from './open-tiers.ts';

const DOWN = { state: 'down', detail: 'It refuses connections.' } as const;
const FULL = { state: 'full', detail: 'The disk is full.' } as const;
const READY = { state: 'ready', detail: '' } as const;
const textOf = (found: { readonly entry: { readonly text: string } } | undefined) => found?.entry.text;

describe('rule 10: while the second tier is being read', () => {
  async function reading() {
    const tiers = openTiers();
    tiers.put('old');
    const finding = tiers.cache.find('key');
    await tiers.answer(0);
    expect(tiers.asked()).toEqual(['get key']);
    return { ...tiers, finding };
  }

  it('a newer answer is kept: it is given, and stays', async () => {
    const { cache, finding, answer, found } = await reading();
    cache.keep('key', entryOf('new'));
    await answer();
    expect(textOf(await finding)).toBe('new');
    expect(await found()).toEqual({ text: 'new', tier: 'l1' });
    await cache.clear('memory');
    expect(await found()).toEqual({ text: 'new', tier: 'l2' });
  });

  it('a newer answer is kept that memory has no room for: it is given all the same', async () => {
    const { cache, finding, answer, found } = await reading();
    const long = 'x'.repeat(20_000);
    cache.keep('key', entryOf(long));
    await answer();
    expect(textOf(await finding)).toBe(long);
    expect(await found()).toEqual({ text: long, tier: 'l2' });
  });

  it.each([
    ['it is dropped', ['get key', 'delete key'], (cache) => cache.drop('key')],
    ['all is cleared', ['get key', 'clear'], (cache) => cache.clear()],
    ['the second tier is cleared', ['get key', 'clear'], (cache) => cache.clear('redis')],
  ] as readonly [
    string,
    readonly string[],
    (cache: ReturnType<typeof openTiers>['cache']) => Promise<boolean>,
  ][])('%s: it is given no more', async (_, order, remove) => {
    const { cache, finding, answer, found, isInMemory } = await reading();
    const removed = remove(cache);
    expect(await answer()).toEqual(order);
    expect([textOf(await finding), isInMemory(), await removed]).toEqual([undefined, false, true]);
    expect(await found()).toBeUndefined();
  });

  it('another key is kept or dropped: that concerns nobody else', async () => {
    const { cache, finding, answer } = await reading();
    cache.keep('other', entryOf('new'));
    void cache.drop('third');
    await answer();
    expect(textOf(await finding)).toBe('old');
  });
});

describe('rule 10: while it is being written', () => {
  it('clearing memory removes nothing of it', async () => {
    const { cache, answer, found, asked } = openTiers();
    cache.keep('key', entryOf('new'));
    await answer(0);
    expect(await cache.clear('memory')).toBe(true);
    expect(asked()).toEqual(['set key']);
    expect(await answer()).toEqual(['set key']);
    expect(await found()).toEqual({ text: 'new', tier: 'l2' });
  });

  it.each([undefined, 'redis'] as const)('clearing %s removes it', async (part) => {
    const { cache, answer, values } = openTiers();
    cache.keep('key', entryOf('new'));
    await answer(0);
    const clearing = cache.clear(part);
    expect(await answer()).toEqual(['set key', 'clear', 'delete key']);
    expect([await clearing, values.size]).toEqual([true, 0]);
  });

  it('of one key the last wish counts, one after the other', async () => {
    const { cache, answer, found, values } = openTiers();
    cache.keep('key', entryOf('first'));
    await answer(0);
    cache.keep('key', entryOf('second'));
    const dropped = cache.drop('key');
    expect(await answer()).toEqual(['set key', 'delete key']);
    expect([await dropped, values.size]).toEqual([true, 0]);
    cache.keep('key', entryOf('first'));
    await answer(0);
    const again = cache.drop('key');
    cache.keep('key', entryOf('last'));
    expect(await answer()).toEqual(['set key', 'set key']);
    expect(await again).toBe(true);
    await cache.clear('memory');
    expect(await found()).toEqual({ text: 'last', tier: 'l2' });
  });
});

describe('rule 10: an answer that is being made', () => {
  it.each([
    ['its key is dropped', false, (cache) => cache.drop('key')],
    ['all is cleared', false, (cache) => cache.clear()],
    ['the second tier is cleared', false, (cache) => cache.clear('redis')],
    ['memory is cleared', true, (cache) => cache.clear('memory')],
    ['another key is dropped', true, (cache) => cache.drop('other')],
    ['another answer of its key is kept', true, async (cache) => cache.keep('key', entryOf('other'))],
  ] as readonly [string, boolean, (cache: ReturnType<typeof openTiers>['cache']) => Promise<unknown>][])(
    'while %s: kept: %s',
    async (_, isKept, change) => {
      const { cache, answer, found } = openTiers();
      const keep = cache.reserve('key');
      const changed = change(cache);
      await answer();
      await changed;
      keep(entryOf('late'));
      await answer();
      expect((await found())?.text).toBe(isKept ? 'late' : undefined);
      // What begins from then on is kept.
      cache.reserve('key')(entryOf('next'));
      expect((await found())?.text).toBe('next');
    },
  );
});

describe('what the second tier could not be told', () => {
  it('to drop: it is said, and the old answer is given no more, also when it works again', async () => {
    const { cache, answer, found, become, put, values } = openTiers();
    put('old');
    become(DOWN);
    const dropped = cache.drop('key');
    await answer();
    // The fake forgets what it is told to delete.
    put('old');
    expect(await dropped).toBe(false);
    become(READY);
    expect(await found()).toBeUndefined();
    expect(values.size).toBe(0);
    cache.keep('key', entryOf('new'));
    await answer();
    await cache.clear('memory');
    expect(await found()).toEqual({ text: 'new', tier: 'l2' });
  });

  it('to replace: the old answer goes instead', async () => {
    const { cache, answer, found, become, put, counts } = openTiers();
    put('old');
    become(FULL);
    cache.keep('key', entryOf('new'));
    expect(await answer()).toEqual(['set key', 'delete key']);
    await cache.clear('memory');
    expect(await found()).toBeUndefined();
    expect(counts.l2).toMatchObject({ sets: 0, errors: 1 });
  });

  it('to clear: it is said', async () => {
    const { cache, answer, become, put, isInMemory } = openTiers();
    put('old');
    cache.keep('key', entryOf('new'));
    await answer();
    become(DOWN);
    const clearing = cache.clear();
    await answer();
    expect([await clearing, isInMemory()]).toEqual([false, false]);
  });

  it('is not asked for what it has while it is being cleared', async () => {
    const { cache, answer, found, asked, put } = openTiers();
    put('old');
    const clearing = cache.clear('redis');
    await answer(0);
    expect(await cache.find('key')).toBeUndefined();
    expect(asked()).toEqual(['clear']);
    await answer();
    expect([await clearing, await found()]).toEqual([true, undefined]);
  });
});
