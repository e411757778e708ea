import { expect, it } from 'vitest';
import { OstlerError } from '../../src/errors.ts';
import { createMemory } from '../../src/models/memory.ts';
import { createUnloads } from '../../src/models/unloads.ts';
import type { Resident } from '../../src/ports/models.ts';
import { fakeClock } from '../fakes/clock.ts';

const RESIDENT: Resident = { tag: 'a', digest: 'd', sizeBytes: 1, vramBytes: 1, expiresAt: null };
const nothing = () => {};
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A server that refuses every unload. */
function open() {
  const clock = fakeClock();
  const memory = createMemory(clock);
  memory.sync([RESIDENT]);
  const happened: string[] = [];
  const unloads = createUnloads({
    server: {
      async unload(tag) {
        happened.push(`told ${tag}`);
        throw new OstlerError('No.', { code: 'server_error', retryable: true });
      },
    },
    state: { memory, outdated: () => [], loseSight: async () => {}, doubt: nothing },
    look: async () => [RESIDENT],
    clock,
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    stopped: new AbortController().signal,
    answerLimitMs: 1_000,
    onBegin: nothing,
    onFailed: (tag) => void happened.push(`failed ${tag}`),
    onChange: nothing,
  });
  return { clock, memory, happened, unloads };
}

it('a model whose unload failed rests before it is told again, longer each time', async () => {
  const { clock, memory, happened, unloads } = open();
  for (const restMs of [2_000, 4_000, 8_000]) {
    happened.length = 0;
    unloads.unload('a', 'nobody waits for it');
    await settled();
    expect([happened, memory.isReady('a')]).toEqual([['told a', 'failed a'], true]);
    expect(unloads.nextAt()).toBe(clock.now() + restMs);
    clock.advance(restMs - 1);
    unloads.unload('a', 'nobody waits for it');
    expect(happened).toHaveLength(2);
    clock.advance(1);
  }
  expect(unloads.nextAt()).toBe(Number.POSITIVE_INFINITY);
});
