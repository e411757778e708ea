import { expect, it } from 'vitest';
import { OstlerError } from '../../src/errors.ts';
import { createMemory } from '../../src/models/memory.ts';
import { createMoves } from '../../src/models/moves.ts';
import type { Resident } from '../../src/ports/models.ts';
import { fakeClock } from '../fakes/clock.ts';

const RESIDENT: Resident = { tag: 'a', digest: 'd', sizeBytes: 1, vramBytes: 1, expiresAt: null };
const nothing = () => {};

/** Loads of a server that answers when the test says so, and what is learned of them. */
function open() {
  const clock = fakeClock();
  const memory = createMemory(clock);
  const learned: unknown[] = [];
  const lines: unknown[] = [];
  const note = (fields: object, message: string) => void lines.push([message, fields]);
  let answer = Promise.withResolvers<void>();
  const server = {
    load: (_tag: string, _settings: unknown, signal: AbortSignal) => {
      signal.addEventListener('abort', () => answer.reject(signal.reason));
      return answer.promise;
    },
    unload: async () => {},
  };
  const state = {
    memory,
    residents: async () => [],
    sync: async () => [],
    outdated: () => [],
    doubt: nothing,
  };
  const moves = createMoves({
    server: server as never,
    state: state as never,
    loadedOptions: { take: () => ({}) } as never,
    settings: () => ({ loadLimitMs: 600_000, maxRetries: 2 }) as never,
    times: {
      of: () => ({ expected: 'warm' }) as never,
      loaded: (...load) => void learned.push(load),
    },
    clock,
    logger: { debug: nothing, info: note, warn: note, error: note },
    keepAlive: () => '30m',
    stopped: new AbortController().signal,
    answerLimitMs: 1_000,
    onChange: nothing,
    onBegin: nothing,
    onEnd: nothing,
    onUnloadFailed: nothing,
    onFinal: nothing,
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    moves,
    memory,
    learned,
    lines,
    async begin() {
      answer = Promise.withResolvers();
      moves.load('a', [], 'asked');
      await settle();
      clock.advance(12_000);
    },
    async end(error?: OstlerError) {
      if (error) answer.reject(error);
      else answer.resolve();
      await settle();
    },
    settle,
  };
}

it('a load that ends well is learned from, by what was expected of it', async () => {
  const { begin, end, learned } = open();
  await begin();
  expect(learned).toEqual([]);
  await end();
  expect(learned).toEqual([['a', 'warm', 12_000]]);
});

it('nothing is learned from a load that fails, nor from one that is given up', async () => {
  const { moves, begin, end, settle, learned } = open();
  await begin();
  await end(new OstlerError('It broke.', { code: 'load_failed' }));
  await begin();
  moves.abandon('nobody waits for it');
  await settle();
  expect(moves.current()).toBeUndefined();
  expect(learned).toEqual([]);
});

it('a load is told as a start once ps lists its model, and counts its seconds on', async () => {
  const { moves, memory, begin, end } = open();
  await begin();
  expect(moves.current()).toMatchObject({ stage: 'loading', tier: 'warm', forSeconds: 12 });
  memory.sync([RESIDENT]);
  expect(moves.current()).toMatchObject({ stage: 'initializing', forSeconds: 12 });
  await end();
  expect(moves.current()).toBeUndefined();
});

it('the log says why a load failed, and why a model was unloaded', async () => {
  const { moves, begin, end, settle, lines } = open();
  await begin();
  await end(new OstlerError('It broke.', { code: 'load_failed', hint: 'Mend it.' }));
  moves.unload('a', 'nobody waits for it');
  await settle();
  expect(lines).toEqual([
    ['a load failed', { model: 'a', code: 'load_failed', message: 'It broke.', hint: 'Mend it.' }],
    ['unloaded', { model: 'a', why: 'nobody waits for it' }],
  ]);
});
