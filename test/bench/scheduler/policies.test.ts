import { describe, expect, test } from 'vitest';
import { playAll } from '../../../bench/scheduler/outcome.ts';
import { traceOf } from './traces.ts';

/** Worked out by hand: loads of 10 s, answers of 1 s and then 4, memory for one of the two models. */

describe('a question for a model that answers', () => {
  const trace = traceOf([
    { model: 0, atSeconds: 0 },
    { model: 1, atSeconds: 1 },
    { model: 0, atSeconds: 12 },
    { model: 1, atSeconds: 13 },
  ]);
  const played = playAll(trace);

  test('stands in line where nobody passes anybody', () => {
    expect(played.fifo).toMatchObject({ swaps: 4, meanWaitSeconds: 27, maxWaitSeconds: 43 });
    expect(played.fifo.maxWaitSinceEligibleSeconds).toBeCloseTo(42);
  });

  test.each(['ollama', 'llama-swap', 'ostler'] as const)('is answered next by %s', (policy) => {
    expect(played[policy]).toMatchObject({ swaps: 2, meanWaitSeconds: 17, maxWaitSeconds: 30 });
  });
});

describe('a question for a model that loads', () => {
  const trace = traceOf([
    { model: 0, atSeconds: 0 },
    { model: 1, atSeconds: 1 },
    { model: 0, atSeconds: 2 },
    { model: 1, atSeconds: 13 },
  ]);
  const played = playAll(trace);

  test.each(['fifo', 'ollama'] as const)('stands in the line of %s', (policy) => {
    expect(played[policy]).toMatchObject({ swaps: 4, meanWaitSeconds: 29.5, maxWaitSeconds: 43 });
  });

  test.each(['llama-swap', 'ostler'] as const)('joins the load of %s', (policy) => {
    expect(played[policy]).toMatchObject({ swaps: 2, meanWaitSeconds: 19.5, maxWaitSeconds: 30 });
  });
});

test('whoever waits longer than the longest patience is overdue, and loads are counted until their turn', () => {
  // Twenty minutes of one answer.
  const trace = traceOf([{ tokens: 12_000 }, { model: 1, atSeconds: 1 }, { atSeconds: 1_205 }]);
  const { ostler, fifo } = playAll(trace);
  expect(fifo).toMatchObject({ overdue: 1, maxLoadsWhileOverdue: 1 });
  expect(ostler).toMatchObject({ overdue: 1, maxLoadsWhileOverdue: 1 });
});

test('llama-swap lets the same victims go, whoever is busy', () => {
  const models = [{ gb: 5 }, { gb: 5 }, { gb: 5 }];
  // Model 1 answers until 31, model 0 has nothing to do from 15 on.
  const requests = [{ model: 0 }, { model: 1, tokens: 100 }, { model: 2, atSeconds: 21 }];
  const played = playAll(traceOf(requests, { models }));
  expect(played['llama-swap'].meanWaitSeconds).toBeCloseTo((11 + 21 + 21) / 3);
  expect(played.ostler.meanWaitSeconds).toBeCloseTo((11 + 21 + 11) / 3);
});
