import { expect, it } from 'vitest';
import type { Progress } from '../../src/chat/progress.ts';
import { createLine } from '../../src/models/line.ts';
import type { TimesOfModel } from '../../src/models/model-times.ts';
import type { Move } from '../../src/models/move.ts';
import type { HostState } from '../../src/models/schedule/state.ts';
import { createTelling } from '../../src/models/telling.ts';
import { fakeClock } from '../fakes/clock.ts';
import { jobOf } from '../fakes/job.ts';
import { host, model, ready } from './schedule/states.ts';

const TIMES: TimesOfModel = {
  cold: { medianMs: 35_000, p90Ms: 50_000, basis: 'measured' },
  warm: { medianMs: 2_000, p90Ms: 3_000, basis: 'measured' },
  service: { medianMs: 10_000, p90Ms: 20_000, basis: 'measured' },
  expected: 'cold',
};

/** One question that waits for the model `b`, and what its person is told. */
function open() {
  const clock = fakeClock();
  const line = createLine();
  line.add(jobOf(1), { held: false, settled: false, gathersUntil: 0 }, 0);
  const told: Progress[] = [];
  let move: Omit<Move, 'forSeconds'> | undefined;
  let state: HostState = host({
    models: [ready('a', { running: 1 }), model('b')],
    waiting: [{ id: 'job-1', model: 'b', eligibleAt: 0 }],
  });
  const tell = createTelling({
    line,
    clock,
    moves: { current: () => move && { ...move, forSeconds: Math.floor(clock.now() / 1_000) } },
    times: { of: () => TIMES },
    intentions: { orders: () => [], tellOrder() {} },
    hostState: () => state,
    keptOut: () => undefined,
    onProgress: (_, progress) => void told.push(progress),
  });
  return {
    told,
    /** Time passes, and every so often the loop looks. */
    pass(seconds: number) {
      for (let step = 0; step < seconds * 4; step += 1) {
        tell();
        clock.advance(250);
      }
    },
    change(more: Partial<HostState>) {
      state = { ...state, ...more };
    },
    loads() {
      move = { model: 'b', why: 'asked', stage: 'loading', unloading: [], tier: 'cold' };
    },
  };
}

it('a question in the queue is told of its wait again when that changes, not with every second', () => {
  const { told, pass, change } = open();
  pass(60);
  change({ models: [ready('a', { running: 0 }), model('b')] });
  pass(60);
  const estimates = told.map((progress) => 'estimate' in progress && progress.estimate?.aboutSeconds);
  expect(estimates).toEqual([45, 35]);
});

it('a load is told of with each second, as its seconds are', () => {
  const { told, pass, loads } = open();
  loads();
  pass(60);
  expect(told).toHaveLength(60);
  expect(told.at(-1)).toMatchObject({ stage: 'loading', forSeconds: 59, share: 0.9 });
});
