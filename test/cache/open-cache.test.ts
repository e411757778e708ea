import { expect, it } from 'vitest';
import { EVERYTHING, epochOfChat, epochOfPerson } from '../../src/cache/epochs.ts';
import { openCache } from '../../src/cache/open-cache.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { fakeTier } from '../fakes/cache-tier.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakeStore } from '../fakes/store.ts';
import { entryOf } from './open-tiers.ts';

const HERE = { platform: 'web', chat: 'one' };
const [FIRST, SECOND] = ['first 0123456789abcdef', 'second 0123456789abcdef'] as const;

async function open(l1: object = {}, second = fakeTier()) {
  const clock = fakeClock();
  const store = fakeStore(clock);
  const lines: Record<string, unknown>[] = [];
  const note = (fields: object, message: string) => void lines.push({ message, ...fields });
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const settings = configSchema.parse({ response_cache: { l1 } }).response_cache;
  const again = () => openCache({ settings, l2: second.tier, store, clock, logger });
  return { ...second, clock, lines, again, opened: await again() };
}

it.each(['lru', 'tinylfu'])('%s: the log names what leaves memory, and why', async (policy) => {
  const { opened, clock, lines } = await open({ policy, max_entries: 1, ttl: 100, tti: 10 });
  const evicted = () => lines.filter(({ message }) => message === 'cache_eviction');
  opened.cache.keep(FIRST, entryOf('1'));
  opened.cache.keep(SECOND, entryOf('2'));
  expect(evicted()).toMatchObject([{ key: expect.stringMatching(/^.{16}$/), reason: 'capacity' }]);
  clock.advance(10_000);
  expect(opened.cache.entries().l1).toBe(0);
  expect(evicted().map(({ reason }) => reason)).toEqual(['capacity', 'tti']);
  expect(opened.counts.l1.evictions).toEqual({ capacity: 1, bytes: 0, ttl: 0, tti: 1 });
});

it('its counts are there after a restart', async () => {
  const { opened, again } = await open();
  opened.cache.keep(FIRST, entryOf('1'));
  await opened.cache.find(FIRST);
  await opened.close();
  expect((await again()).counts.l1).toMatchObject({ hits: 1, sets: 1 });
});

it('what cannot be cleared in the second tier is said, and found no more all the same', async () => {
  const { opened, become } = await open();
  const before = await opened.epochs.of([EVERYTHING]);
  become({ state: 'down', detail: 'It refuses connections.' });
  expect(await opened.clear('redis')).toBe(false);
  expect(await opened.epochs.of([EVERYTHING])).toEqual(before);
  expect(await opened.clear(undefined)).toBe(false);
  expect(await opened.epochs.of([EVERYTHING])).not.toEqual(before);
  expect(await opened.clear('memory')).toBe(true);
});

it('to forget a person raises what is part of their keys and of those of the chat, for good', async () => {
  const { opened, again } = await open();
  const names = [EVERYTHING, epochOfPerson(HERE, 'ada'), epochOfChat(HERE), epochOfPerson(HERE, 'ben')];
  await opened.forget(HERE, 'ada');
  await opened.forget(HERE, undefined);
  expect(await opened.epochs.of(names)).toEqual([0, 1, 2, 0]);
  expect(await (await again()).epochs.of(names)).toEqual([0, 1, 2, 0]);
});
