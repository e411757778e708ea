import { expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { keepAliveFor, keepAlivePolicy } from '../../src/models/keep-alive.ts';

const CASES = [
  [{}, { keepAlive: '30m', maxModels: 3, eviction: 'auto', unloadIdle: false }],
  [{ type: 'ram' }, { keepAlive: '30m', maxModels: 3, eviction: 'auto', unloadIdle: false }],
  [{ type: 'ssd' }, { keepAlive: '2m', maxModels: 1, eviction: 'immediate', unloadIdle: false }],
  [{ type: 'none' }, { keepAlive: '5m', maxModels: 1, eviction: 'immediate', unloadIdle: true }],
  [
    { type: 'ssd', keep_alive: '10m', max_models: 2, eviction: 'lru' },
    { keepAlive: '10m', maxModels: 2, eviction: 'lru', unloadIdle: false },
  ],
  [{ keep_alive: '0' }, { keepAlive: '5m', maxModels: 3, eviction: 'auto', unloadIdle: true }],
  [{ keep_alive: '0s' }, { keepAlive: '5m', maxModels: 3, eviction: 'auto', unloadIdle: true }],
  [{ keep_alive: '0m0s' }, { keepAlive: '5m', maxModels: 3, eviction: 'auto', unloadIdle: true }],
  [{ keep_alive: '-0s' }, { keepAlive: '5m', maxModels: 3, eviction: 'auto', unloadIdle: true }],
  [{ keep_alive: '-1m30s' }, { keepAlive: '-1m30s', maxModels: 3, eviction: 'auto', unloadIdle: false }],
  [{ keep_alive: '0h1s' }, { keepAlive: '0h1s', maxModels: 3, eviction: 'auto', unloadIdle: false }],
  [{ keep_alive: 0 }, { keepAlive: '5m', maxModels: 3, eviction: 'auto', unloadIdle: true }],
  [{ keep_alive: -1 }, { keepAlive: -1, maxModels: 3, eviction: 'auto', unloadIdle: false }],
  [
    { type: 'none', keep_alive: '1m' },
    { keepAlive: '1m', maxModels: 1, eviction: 'immediate', unloadIdle: false },
  ],
] as const;

it.each(CASES)('llm.cache %j means %j', (cache, policy) => {
  expect(keepAlivePolicy(configSchema.parse({ llm: { cache } }).llm.cache)).toEqual(policy);
});

it.each([
  ['30m', false, 60_000, '30m'],
  ['30m', false, 3_600_000, 3_600],
  ['2m', false, 120_500, 121],
  ['1h30m', false, 5_400_000, '1h30m'],
  [90, false, 90_000, 90],
  [90, false, 91_000, 91],
  ['-1s', false, 1e9, '-1s'],
  [-1, false, 1e9, -1],
  ['2m', true, 0, -1],
] as const)(
  'with %s (pinned: %s), a visit of %d ms is kept for %s',
  (keepAlive, isPinned, visitMs, expected) => {
    const policy = { keepAlive, maxModels: 1, eviction: 'lru', unloadIdle: false } as const;
    expect(keepAliveFor(policy, isPinned, visitMs)).toBe(expected);
  },
);
