import { describe, expect, it } from 'vitest';
import { entryOf, L1_MS, L2_MS, openTiers } from './open-tiers.ts';

const KEY = '0123456789abcdef0123456789abcdef';

describe('an answer that is kept', () => {
  it('is in memory at once, and nobody waits until the second tier has it', async () => {
    const { cache, asked, answer, found, lives } = openTiers();
    cache.keep('key', entryOf('Because.'));
    expect(await cache.find('key')).toMatchObject({ entry: { text: 'Because.' }, tier: 'l1' });
    await answer(0);
    expect(asked()).toEqual(['set key']);
    let isSettled = false;
    const settled = cache.settled().then(() => {
      isSettled = true;
    });
    await answer(0);
    expect(isSettled).toBe(false);
    await answer();
    await settled;
    await cache.clear('memory');
    expect(await found()).toEqual({ text: 'Because.', tier: 'l2' });
    expect(lives.get('key')).toBe(L2_MS);
  });

  it('is given also before the second tier has it, where memory has lost it', async () => {
    const { cache, asked, answer } = openTiers();
    cache.keep('key', entryOf('Because.'));
    await cache.clear('memory');
    expect(await cache.find('key')).toMatchObject({ entry: { text: 'Because.' } });
    await answer(0);
    expect(asked()).toEqual(['set key']);
  });

  it('is in memory once the second tier has given it', async () => {
    const { put, found, asked, cache, counts } = openTiers();
    put('Because.');
    expect(await found()).toEqual({ text: 'Because.', tier: 'l2' });
    expect(await cache.find('key')).toMatchObject({ entry: { text: 'Because.' }, tier: 'l1' });
    expect(asked()).toEqual([]);
    expect([counts.l1, counts.l2]).toMatchObject([
      { hits: 1, misses: 1 },
      { hits: 1, misses: 0 },
    ]);
  });
});

describe('in memory it lives as long as usual, or as is left in the second tier, whichever is less', () => {
  const MINUTE = 60_000;

  it.each([
    // usual in the second tier, asked for, what each comes to
    [L2_MS, undefined, L1_MS, L2_MS],
    [MINUTE, undefined, MINUTE, MINUTE],
    [undefined, undefined, L1_MS, undefined],
    [L2_MS, MINUTE, MINUTE, MINUTE],
    [L2_MS, 2 * L2_MS, L1_MS, 2 * L2_MS],
    [MINUTE, L2_MS, L1_MS, L2_MS],
    [undefined, MINUTE, MINUTE, MINUTE],
  ])('kept: usually %s, asked for %s: %s and %s', async (usual, asked, inMemory, inSecond) => {
    const { cache, answer, clock, isInMemory, lives } = openTiers({ l1: L1_MS, l2: usual });
    cache.keep('key', entryOf('Because.'), asked);
    await answer();
    expect(lives.get('key')).toBe(inSecond);
    clock.advance(inMemory - 1);
    expect(isInMemory()).toBe(true);
    clock.advance(1);
    expect(isInMemory()).toBe(false);
  });

  it.each([
    [MINUTE, MINUTE],
    [L2_MS, L1_MS],
    [undefined, L1_MS],
  ])('found: with %s left: %s', async (left, inMemory) => {
    const { put, setLeft, found, clock, isInMemory } = openTiers();
    put('Because.');
    setLeft(left);
    expect(await found()).toMatchObject({ tier: 'l2' });
    clock.advance(inMemory - 1);
    expect(isInMemory()).toBe(true);
    clock.advance(1);
    expect(isInMemory()).toBe(false);
  });
});

it('what the second tier fails to give is no miss of it, what it gives wrongly is one and an error', async () => {
  const { found, become, values, counts } = openTiers();
  become({ state: 'down', detail: 'It refuses connections.' });
  expect(await found()).toBeUndefined();
  expect(counts.l2).toMatchObject({ hits: 0, misses: 0, errors: 1, milliseconds: 0 });
  become({ state: 'ready', detail: '' });
  values.set('key', '{"v":1}');
  expect(await found()).toBeUndefined();
  expect(counts.l2).toMatchObject({ hits: 0, misses: 1, errors: 2 });
});

it('the log names what is found, missed and kept by the first 16 characters of its key', async () => {
  const { cache, answer, found, lines } = openTiers();
  const key = '0123456789abcdef';
  await found(KEY);
  cache.keep(KEY, entryOf('Because.'));
  cache.keep(KEY, entryOf('Because.'), 60_000);
  await answer();
  await found(KEY);
  await cache.clear('memory');
  await found(KEY);
  expect(lines).toEqual([
    { message: 'cache_miss', key },
    { message: 'cache_set', key, ttl: 3_600 },
    { message: 'cache_set', key, ttl: 60 },
    { message: 'cache_hit', key, tier: 'l1' },
    { message: 'cache_hit', key, tier: 'l2' },
  ]);
});
