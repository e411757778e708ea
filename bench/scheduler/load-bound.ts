import { atMost, type Report } from '../bench.ts';
import { FAMILY_NAMES, makeTrace, SEEDS } from './families.ts';
import { ostler } from './ostler.ts';
import { outcomeOf } from './outcome.ts';
import { simulate } from './simulate.ts';
import type { Trace } from './trace.ts';

/** Played so many times slower, questions become overdue that otherwise never would. */
const SLOWED = [1, 4, 10, 40];
const SEEDS_SLOWED = SEEDS.slice(0, 3);

/**
 * Once a question is overdue and its model is out, at most one load for each model and one more begin until that of
 * its own model has begun, whatever is asked meanwhile.
 */
export function measureLoadBound(say: (line: string) => void): Report {
  say('The bound on loads while a question is overdue');
  const audits = FAMILY_NAMES.flatMap((family) =>
    SEEDS_SLOWED.flatMap((seed) => SLOWED.map((times) => audit(slow(makeTrace(family, seed), times)))),
  );
  const overdue = audits.reduce((sum, one) => sum + one.overdue, 0);
  const violated = audits.filter(({ isHeld }) => !isHeld).length;
  return {
    targets: [
      atMost(
        'traces with more loads while a question was overdue than models and one',
        violated,
        'traces',
        0,
      ),
    ],
    figures: [{ name: 'overdue questions that this was looked at for', figure: overdue, unit: '' }],
  };
}

export function audit(trace: Trace): { readonly overdue: number; readonly isHeld: boolean } {
  const { overdue, maxLoadsWhileOverdue } = outcomeOf(simulate(trace, ostler));
  return { overdue, isHeld: maxLoadsWhileOverdue <= trace.models.length + 1 };
}

/** The same evening, everything so many times longer: only patience stays what it is. */
export function slow(trace: Trace, times: number): Trace {
  return {
    ...trace,
    models: trace.models.map((model) => ({
      ...model,
      coldSeconds: model.coldSeconds * times,
      warmSeconds: model.warmSeconds * times,
      prefillSeconds: model.prefillSeconds * times,
      tokensPerSecond: model.tokensPerSecond / times,
    })),
    requests: trace.requests.map((request) => ({
      ...request,
      atSeconds: request.atSeconds * times,
      thinkSeconds: (request.thinkSeconds ?? 0) * times,
    })),
  };
}
