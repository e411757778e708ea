import { PATIENCE_MS } from '../../src/models/schedule/next-load.ts';
import type { Answered, Model, Move } from './machine-state.ts';
import { POLICIES, type PolicyName } from './policies.ts';
import { type Played, simulate } from './simulate.ts';
import type { Trace } from './trace.ts';

/** How a policy did on a trace. A wait ends with the first token. */
export type Outcome = {
  readonly swaps: number;
  readonly meanWaitSeconds: number;
  readonly p50WaitSeconds: number;
  readonly p95WaitSeconds: number;
  readonly p99WaitSeconds: number;
  readonly maxWaitSeconds: number;
  /** From when its turn had come in its chat until it was begun. */
  readonly maxWaitSinceEligibleSeconds: number;
  /** Questions that were begun after the longest patience. */
  readonly overdue: number;
  /** The most loads that began while an overdue question's model was out, that of its own model included. */
  readonly maxLoadsWhileOverdue: number;
};

export type Outcomes = Readonly<Record<PolicyName, Outcome>>;

/** Plays the trace with every policy. */
export function playAll(trace: Trace): Outcomes {
  const play = (name: PolicyName) => outcomeOf(simulate(trace, POLICIES[name]));
  return {
    ostler: play('ostler'),
    fifo: play('fifo'),
    ollama: play('ollama'),
    'llama-swap': play('llama-swap'),
  };
}

export function outcomeOf({ answered, loads, evictions }: Played): Outcome {
  const waits = answered.map(({ askedAt, firstTokenAt }) => (firstTokenAt - askedAt) / 1_000);
  const sorted = waits.toSorted((one, other) => one - other);
  // By the index that others count with who simulate these traces; the other benches take the nearest rank.
  const quantile = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  const late = answered.filter((job) => job.startedAt > overdueAt(job));
  return {
    swaps: loads.length,
    meanWaitSeconds: waits.reduce((sum, wait) => sum + wait, 0) / waits.length,
    p50WaitSeconds: quantile(0.5),
    p95WaitSeconds: quantile(0.95),
    p99WaitSeconds: quantile(0.99),
    maxWaitSeconds: quantile(1),
    maxWaitSinceEligibleSeconds: largest(answered, (job) => (job.startedAt - job.eligibleAt) / 1_000),
    overdue: late.length,
    maxLoadsWhileOverdue: largest(late, (job) => loadsWhileOverdue(job, loads, evictions)),
  };
}

const overdueAt = ({ eligibleAt }: Answered): number => eligibleAt + PATIENCE_MS.most;

function loadsWhileOverdue(job: Answered, loads: readonly Move[], evictions: readonly Move[]): number {
  const loadedAt = lastOf(loads, job.model, job.startedAt);
  const from = Math.max(overdueAt(job), lastOf(evictions, job.model, loadedAt));
  return loads.filter(({ at }) => at >= from && at <= loadedAt).length;
}

/** When the model last moved so before a moment; -1: never. */
function lastOf(moves: readonly Move[], model: Model, before: number): number {
  return moves.findLast((move) => move.model === model && move.at <= before)?.at ?? -1;
}

function largest<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((most, one) => Math.max(most, of(one)), 0);
}
