import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leastMeanWaitSeconds } from '../../../bench/scheduler/clairvoyant.ts';
import type { Trace } from '../../../bench/scheduler/trace.ts';
import { traceOf } from './traces.ts';

/** By trying every order. */
function leastByTrying(trace: Trace, preloads: boolean): number {
  function from(left: readonly Trace['requests'][number][], loaded: number, now: number): number {
    if (left.length === 0) return 0;
    const heads = trace.models.flatMap((_, index) => left.find(({ model }) => model === index) ?? []);
    return Math.min(
      ...heads.map((head) => {
        const { coldSeconds, prefillSeconds, tokensPerSecond } = trace.models[head.model] ?? fail();
        const loadAt = preloads ? now : Math.max(now, head.atSeconds);
        const begin = Math.max(head.atSeconds, head.model === loaded ? now : loadAt + coldSeconds);
        const end = begin + prefillSeconds + head.tokens / tokensPerSecond;
        const rest = left.filter((one) => one !== head);
        return begin - head.atSeconds + from(rest, head.model, end);
      }),
    );
  }
  return from(trace.requests, -1, 0) / trace.requests.length;
}

function fail(): never {
  throw new Error('There is no such model.');
}

test('no order of answers waits less than the clairvoyant, and one waits as little', () => {
  const request = fc.record({
    // Whole seconds: nothing is lost to the grid.
    atSeconds: fc.integer({ min: 0, max: 60 }),
    model: fc.integer({ min: 0, max: 2 }),
    tokens: fc.integer({ min: 0, max: 12 }).map((seconds) => seconds * 10),
  });
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 7 }), fc.boolean(), (requests, preloads) => {
      const inOrder = requests.toSorted((one, other) => one.atSeconds - other.atSeconds);
      const trace = traceOf(inOrder, { models: [{}, { coldSeconds: 3 }, { coldSeconds: 20 }] });
      const least = leastByTrying(trace, preloads);
      expect(leastMeanWaitSeconds(trace, { knownMeanSeconds: 1_000, preloads })).toBeCloseTo(least, 9);
      // What is known to be possible only makes the search shorter.
      expect(leastMeanWaitSeconds(trace, { knownMeanSeconds: least, preloads })).toBeCloseTo(least, 9);
    }),
    { numRuns: 150, seed: 1 },
  );
});
