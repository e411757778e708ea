import { expect, it } from 'vitest';
import { createMemory } from '../../src/models/memory.ts';
import { createStays } from '../../src/models/stays.ts';
import type { KeepAlive } from '../../src/ports/models.ts';
import { fakeClock } from '../fakes/clock.ts';
import { quietPorts } from '../fakes/quiet-ports.ts';

const TAG = 'qwen2.5:7b';

/** A server with one model in memory, and what was asked of it, in turn. */
function open() {
  const clock = fakeClock();
  const memory = createMemory(clock);
  const { logger } = quietPorts();
  const asked: unknown[] = [];
  let isPinned = true;
  let expiresAt: number | null = null;
  const sync = async () => {
    asked.push('ps');
    memory.sync([{ tag: TAG, digest: '', sizeBytes: 1, vramBytes: 1, expiresAt }]);
    return [];
  };
  const stays = createStays({
    server: {
      async keep(_: string, { keepAlive }: { readonly keepAlive: KeepAlive }) {
        asked.push(keepAlive);
        expiresAt = keepAlive === -1 ? null : 1_800_000;
      },
    },
    state: { memory, isStale: () => false, sync, doubt: () => {} },
    loadedOptions: { of: () => ({}) },
    isPinned: () => isPinned,
    keepAlive: () => (isPinned ? -1 : '30m'),
    answerLimitMs: 1_000,
    stopped: new AbortController().signal,
    clock,
    logger,
    onChange: () => {},
  });
  return {
    sync,
    memory,
    asked,
    unpin() {
      isPinned = false;
    },
    async tend() {
      await stays.tend();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

it('how long a model stays is looked at once it was said anew', async () => {
  const { sync, memory, asked, unpin, tend } = open();
  await sync();
  await tend();
  unpin();
  await tend();
  await tend();
  expect(asked).toEqual(['ps', '30m', 'ps']);
  expect(memory.resident(TAG)?.expiresAt).toBe(1_800_000);
});
