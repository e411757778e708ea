import { expect, test } from 'vitest';
import type { MemoryTier } from '../../src/cache/memory-tier.ts';
import { tinylfuTier } from '../../src/cache/tinylfu-tier.ts';
import { memoryContract } from './memory-contract.ts';

memoryContract('W-TinyLFU', tinylfuTier);

/** As many new keys and as many old ones in between fit into the window, 20 entries. */
const SOON = 8;
const LIMITS = { maxEntries: 100, maxBytes: 100_000, ttlMs: 1_000, ttiMs: 1_000 };

function open(): MemoryTier<string> {
  return tinylfuTier<string>(
    LIMITS,
    () => {},
    () => 0,
  );
}

function ask(tier: MemoryTier<string>, key: string): boolean {
  if (tier.get(key) !== undefined) return true;
  tier.set(key, key, 1);
  return false;
}

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

test('a scan over many new keys does not push out what is asked for again and again', () => {
  const tier = open();
  const popular = names('popular', 60);
  for (let round = 0; round < 5; round += 1) for (const key of popular) ask(tier, key);
  for (const key of names('once', 1_000)) ask(tier, key);
  expect(popular.filter((key) => tier.get(key) !== undefined)).toHaveLength(60);
});

test('what is new and asked again soon is found in the window', () => {
  const tier = open();
  for (let round = 0; round < 5; round += 1) for (const key of names('popular', 80)) ask(tier, key);
  const fresh = names('fresh', 200);
  const again = fresh.map((key, at) => {
    ask(tier, key);
    return at < SOON || ask(tier, fresh[at - SOON] as string);
  });
  expect(again.every(Boolean)).toBe(true);
});

test('what was popular long ago makes room for what is popular now', () => {
  const tier = open();
  const before = names('before', 80);
  const now = names('now', 80);
  for (let round = 0; round < 20; round += 1) for (const key of before) ask(tier, key);
  for (let round = 0; round < 40; round += 1) for (const key of now) ask(tier, key);
  expect(now.filter((key) => ask(tier, key)).length).toBeGreaterThan(70);
});
