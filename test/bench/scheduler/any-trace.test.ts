import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slow } from '../../../bench/scheduler/load-bound.ts';
import { playAll } from '../../../bench/scheduler/outcome.ts';
import { traceOf } from './traces.ts';

const model = fc.record({
  gb: fc.integer({ min: 1, max: 10 }),
  coldSeconds: fc.integer({ min: 4, max: 60 }),
  warmSeconds: fc.integer({ min: 0, max: 4 }),
  prefillSeconds: fc.integer({ min: 0, max: 2 }),
  parallel: fc.integer({ min: 1, max: 4 }),
});

const request = fc.record({
  atSeconds: fc.integer({ min: 0, max: 600 }),
  model: fc.integer({ min: 0, max: 3 }),
  chat: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
  tokens: fc.integer({ min: 0, max: 400 }),
  thinkSeconds: fc.constantFrom(0, 0, 5, 60),
});

const anyTrace = fc
  .record({
    models: fc.array(model, { minLength: 4, maxLength: 4 }),
    requests: fc.array(request, { minLength: 1, maxLength: 60 }),
    ramGb: fc.constantFrom(0, 12, 25),
    times: fc.constantFrom(1, 20),
  })
  .map(({ requests, times, ...machine }) => slow(traceOf(requests, machine), times));

test('every policy answers every question of any trace, and the scheduler keeps to the loads that it promises', () => {
  fc.assert(
    fc.property(anyTrace, (trace) => {
      const played = playAll(trace);
      for (const outcome of Object.values(played)) {
        expect(outcome.meanWaitSeconds).toBeGreaterThanOrEqual(0);
        expect(outcome.swaps).toBeGreaterThanOrEqual(1);
      }
      expect(played.ostler.maxLoadsWhileOverdue).toBeLessThanOrEqual(trace.models.length + 1);
    }),
    { numRuns: 150, seed: 1 },
  );
});
