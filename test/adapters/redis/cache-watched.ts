import { expect, onTestFinished } from 'vitest';
import { type RedisCacheOptions, redisCacheTier } from '../../../adapters/redis/cache-tier.ts';
import type { OstlerError } from '../../../src/errors.ts';
import type { CacheTier, TierHealth } from '../../../src/ports/cache-tier.ts';
import { type RedisServer, type RedisServerOptions, startRedis } from '../../servers/redis.ts';
import { type Relay, startRelay } from '../../servers/relay.ts';

/** So long that no test waits for it. In milliseconds. */
export const NEVER = 600_000;

export type Watched = {
  readonly tier: CacheTier;
  /** Each change of health, as it was told. */
  readonly told: TierHealth[];
  readonly errors: OstlerError[];
  states(): readonly string[];
};

/** A tier whose deadlines are out of reach, except for those that a test names. */
export function watchedTier(options: RedisCacheOptions): Watched {
  const told: TierHealth[] = [];
  const errors: OstlerError[] = [];
  const tier = redisCacheTier({
    connectMs: NEVER,
    operationMs: NEVER,
    lookMs: NEVER,
    onError: (error) => errors.push(error),
    ...options,
  });
  tier.onHealth((health) => told.push(health));
  onTestFinished(() => tier.close());
  return { tier, told, errors, states: () => told.map(({ state }) => state) };
}

export async function openRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const server = await startRedis(options);
  onTestFinished(() => server.dispose());
  return server;
}

export async function openRelay(url: string): Promise<Relay> {
  const relay = await startRelay(url);
  onTestFinished(() => relay.close());
  return relay;
}

/** What a promise that needs nobody else resolves to: it has to be there before the event loop turns once. */
export async function atOnce<T>(promise: Promise<T>): Promise<T> {
  const turned = Symbol('the event loop turned');
  const first = await Promise.race([promise, new Promise((resolve) => setImmediate(resolve, turned))]);
  expect(first).not.toBe(turned);
  return promise;
}

/** Everything that a caller may ask for fails, and nobody waits for it. */
export async function failsAtOnce(tier: CacheTier): Promise<void> {
  expect(await atOnce(tier.get('key'))).toEqual({ kind: 'error' });
  expect(await atOnce(tier.set('key', 'value', undefined))).toBe(false);
  expect(await atOnce(tier.delete('key'))).toBe(false);
  expect(await atOnce(tier.clear())).toBe(false);
}

/** It can be written and read. */
export async function works(tier: CacheTier): Promise<void> {
  expect(await tier.set('works', 'value', undefined)).toBe(true);
  expect(await tier.get('works')).toEqual({ kind: 'hit', value: 'value', leftMs: undefined });
}
