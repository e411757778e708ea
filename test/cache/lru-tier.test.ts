import { expect, test } from 'vitest';
import { lruTier } from '../../src/cache/lru-tier.ts';
import { memoryContract } from './memory-contract.ts';

memoryContract('LRU', lruTier);

test('who was not asked for longest leaves first', () => {
  const gone: string[] = [];
  const limits = { maxEntries: 3, maxBytes: 1_000, ttlMs: 1_000, ttiMs: 1_000 };
  const tier = lruTier<string>(
    limits,
    (_, key) => gone.push(key),
    () => 0,
  );
  for (const key of ['a', 'b', 'c']) tier.set(key, key, 1);
  tier.get('a');
  for (const key of ['d', 'e', 'f']) tier.set(key, key, 1);
  expect(gone).toEqual(['b', 'c', 'a']);
});
