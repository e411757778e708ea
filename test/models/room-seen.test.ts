import { expect, it } from 'vitest';
import { createRoomSeen } from '../../src/models/room-seen.ts';
import { fakeClock } from '../fakes/clock.ts';

type Seen = ReturnType<typeof createRoomSeen>;

/** Models of ten bytes in memory, and loads of eight bytes beside them, which take ten as Ollama reckons. */
function open(pinned = '', isKnown = false) {
  const clock = fakeClock();
  const warned: unknown[] = [];
  const quiet = () => {};
  let inMemory: readonly string[] = [];
  const room: Seen = createRoomSeen({
    memory: { models: () => inMemory.map((tag) => ({ tag, sizeBytes: 10 })) as never },
    needOf: () => 8,
    keeperOf: (tag) => ({ tag, keeps: tag === pinned ? 'pinned' : 'free' }),
    isKnown: () => isKnown,
    clock,
    logger: { debug: quiet, info: quiet, error: quiet, warn: (fields) => void warned.push(fields) },
  });
  return {
    room,
    clock,
    warned,
    load(beside: readonly string[], after: readonly string[], gone: readonly string[] = [], ms?: number) {
      inMemory = beside;
      room.loadBegan('new');
      inMemory = after;
      room.loadEnded({
        model: 'new',
        why: 'asked',
        gone,
        leaving: [],
        wentAnyway: [],
        ...(ms !== undefined && { ms }),
      });
    },
  };
}

it('what was loaded beside others fits, and less; what pushed one out does not, and more', () => {
  const { room, load } = open();
  expect(room.get()).toMatchObject({ heldBytes: 0, refusedBytes: Number.POSITIVE_INFINITY });
  load(['a'], ['a', 'new'], [], 1);
  expect(room.get()).toMatchObject({ heldBytes: 20, refusedBytes: Number.POSITIVE_INFINITY });
  load(['a', 'b'], ['b', 'new'], ['a'], 1);
  expect(room.get()).toMatchObject({ heldBytes: 20, refusedBytes: 30 });
});

it('the last look counts', () => {
  const { room, load } = open();
  load(['a'], ['a', 'new'], [], 1);
  load(['a'], ['new'], ['a'], 1);
  expect(room.get()).toMatchObject({ heldBytes: 0, refusedBytes: 20 });
  load(['a'], ['a', 'new'], [], 1);
  expect(room.get()).toMatchObject({ heldBytes: 20, refusedBytes: Number.POSITIVE_INFINITY });
});

it('nothing is learned from a load alone, of one that failed beside others, or while others load', () => {
  const { room, load } = open();
  load([], ['new'], ['told to leave'], 1);
  load(['a'], ['a']);
  load(['a'], ['theirs', 'new'], ['a'], 1);
  expect(room.get()).toMatchObject({ heldBytes: 0, refusedBytes: Number.POSITIVE_INFINITY });
});

it('the operator is told once that a model has left which is to stay, and what may help', () => {
  const { warned, load } = open('a');
  load(['b'], ['new'], ['b'], 1);
  expect(warned).toEqual([]);
  load(['a'], ['new'], ['a'], 1);
  load(['a', 'b'], ['new'], ['a', 'b'], 1);
  expect(warned).toEqual([
    {
      model: 'new',
      gone: ['a'],
      hint: expect.stringMatching(/^Unless another program stopped it: set llm\.memory\.vram_gb/),
    },
  ]);
});

it('the operator is told nothing of it where the memory is known', () => {
  const { warned, load } = open('a', true);
  load(['a'], ['new'], ['a'], 1);
  expect(warned).toEqual([]);
});

it('what was refused may be tried again in an hour, and on a server that answers anew', () => {
  const { room, clock, load } = open();
  const refused = () => room.get().refusedBytes;
  load(['a'], ['new'], ['a'], 1);
  clock.advance(3_599_999);
  expect(refused()).toBe(20);
  clock.advance(1);
  expect(refused()).toBe(Number.POSITIVE_INFINITY);
  load(['a', 'b'], ['new', 'b'], ['a'], 1);
  expect(refused()).toBe(30);
  room.forget();
  expect(refused()).toBe(Number.POSITIVE_INFINITY);
});
