import { describe, expect, it } from 'vitest';
import { createMemory } from '../../src/models/memory.ts';
import type { Resident } from '../../src/ports/models.ts';
import { fakeClock } from '../fakes/clock.ts';

function resident(tag: string, more: Partial<Resident> = {}): Resident {
  return { tag, digest: tag, sizeBytes: 2, vramBytes: 2, expiresAt: null, ...more };
}

const states = (memory: ReturnType<typeof createMemory>) =>
  memory.models().map(({ tag, state, foreign }) => [tag, state, foreign]);

describe('what is in memory', () => {
  it('is what ps shows; what somebody else loaded is told apart from ours', () => {
    const memory = createMemory(fakeClock());
    memory.mark('ours', 'loading');
    expect(memory.sync([resident('theirs')])).toEqual({ came: ['theirs'], went: [] });
    memory.mark('ours', 'ready');
    memory.sync([resident('theirs'), resident('ours')]);
    expect(states(memory)).toEqual([
      ['ours', 'ready', false],
      ['theirs', 'ready', true],
    ]);
    expect(memory.sync([resident('ours')])).toEqual({ came: [], went: ['theirs'] });
  });

  it('holds a model that loads or answers, though ps does not show it', () => {
    const memory = createMemory(fakeClock());
    memory.mark('loads', 'loading');
    memory.mark('answers', 'ready');
    memory.use('answers');
    expect(memory.sync([])).toEqual({ came: [], went: [] });
    memory.release('answers');
    expect(memory.sync([])).toEqual({ came: [], went: ['answers'] });
    expect(states(memory)).toEqual([['loads', 'loading', false]]);
  });

  it('lets a model go whose unload was asked for', () => {
    const memory = createMemory(fakeClock());
    memory.mark('a', 'ready');
    memory.mark('a', 'unloading');
    expect(memory.sync([])).toEqual({ came: [], went: [] });
    expect(memory.has('a')).toBe(false);
  });

  it('counts answers and remembers the last use', () => {
    const clock = fakeClock();
    const memory = createMemory(clock);
    memory.sync([resident('a')]);
    clock.advance(5);
    memory.use('a');
    memory.use('a');
    expect(memory.models()[0]).toMatchObject({ running: 2, lastUsedAt: 5, sizeBytes: 2 });
    clock.advance(5);
    memory.release('a');
    expect(memory.models()[0]).toMatchObject({ running: 1, lastUsedAt: 10 });
  });

  describe('knows that another client uses a model', () => {
    /** When others were last seen to use it, after this. */
    function seenAfter(what: (memory: ReturnType<typeof createMemory>) => void, expiresAt: number) {
      const clock = fakeClock();
      const memory = createMemory(clock);
      memory.mark('a', 'loading');
      memory.mark('a', 'ready');
      clock.advance(2_000);
      memory.sync([resident('a', { expiresAt: 1_000 })]);
      clock.advance(2_000);
      what(memory);
      memory.sync([resident('a', { expiresAt })]);
      return memory.models()[0]?.othersUsedAt;
    }
    const nothing = () => {};

    it('by its time, which was set anew though we asked nothing', () => {
      expect(seenAfter(nothing, 9_000)).toBe(4_000);
      expect(seenAfter(nothing, 1_000)).toBe(Number.NEGATIVE_INFINITY);
    });

    it('not by what we did ourselves', () => {
      const answer = (memory: ReturnType<typeof createMemory>) => {
        memory.use('a');
        memory.release('a');
      };
      expect(seenAfter(answer, 9_000)).toBe(Number.NEGATIVE_INFINITY);
      expect(seenAfter((memory) => memory.use('a'), 9_000)).toBe(Number.NEGATIVE_INFINITY);
      expect(seenAfter((memory) => memory.hold('a')(), 9_000)).toBe(Number.NEGATIVE_INFINITY);
    });

    it('by that it was told to leave, and stays', () => {
      const stays = (memory: ReturnType<typeof createMemory>) => {
        memory.mark('a', 'unloading');
        memory.mark('a', 'ready');
      };
      expect(seenAfter(stays, 1_000)).toBe(4_000);
    });
  });

  it('knows when an idle model is about to expire; while one answers its time is stale', () => {
    const clock = fakeClock();
    const memory = createMemory(clock);
    memory.sync([resident('a', { expiresAt: 3_000 }), resident('b')]);
    expect(memory.expiresWithin(2_000)).toBe(false);
    clock.advance(1_000);
    expect(memory.expiresWithin(2_000)).toBe(true);
    memory.use('a');
    expect(memory.expiresWithin(2_000)).toBe(false);
  });

  it('tells how long a model stays, once it was shown', () => {
    const memory = createMemory(fakeClock());
    memory.mark('loads', 'loading');
    memory.sync([resident('a', { expiresAt: 3_000 }), resident('b')]);
    const told = Object.fromEntries(memory.models().map(({ tag, expiresAt }) => [tag, expiresAt]));
    expect(told).toEqual({ loads: undefined, a: 3_000, b: null });
  });
});
