import { expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { keepAlivePolicy } from '../../src/models/keep-alive.ts';

const CASES = [
  [{}, { keepAlive: '30m', maxModels: 3, eviction: 'lru', unloadIdle: false }],
  [{ type: 'ram' }, { keepAlive: '30m', maxModels: 3, eviction: 'lru', unloadIdle: false }],
  [{ type: 'ssd' }, { keepAlive: '2m', maxModels: 1, eviction: 'immediate', unloadIdle: false }],
  [{ type: 'none' }, { keepAlive: '5m', maxModels: 1, eviction: 'immediate', unloadIdle: true }],
  [
    { type: 'ssd', keep_alive: '10m', max_models: 2, eviction: 'lru' },
    { keepAlive: '10m', maxModels: 2, eviction: 'lru', unloadIdle: false },
  ],
  [{ keep_alive: '0' }, { keepAlive: '5m', maxModels: 3, eviction: 'lru', unloadIdle: true }],
  [{ keep_alive: '0s' }, { keepAlive: '5m', maxModels: 3, eviction: 'lru', unloadIdle: true }],
  [{ keep_alive: 0 }, { keepAlive: '5m', maxModels: 3, eviction: 'lru', unloadIdle: true }],
  [{ keep_alive: -1 }, { keepAlive: -1, maxModels: 3, eviction: 'lru', unloadIdle: false }],
  [
    { type: 'none', keep_alive: '1m' },
    { keepAlive: '1m', maxModels: 1, eviction: 'immediate', unloadIdle: false },
  ],
] as const;

it.each(CASES)('llm.cache %j means %j', (cache, policy) => {
  expect(keepAlivePolicy(configSchema.parse({ llm: { cache } }).llm.cache)).toEqual(policy);
});
