import { atMost, joinReports, type Report, type Target } from '../bench.ts';
import { median } from '../statistics.ts';
import { FAMILY_NAMES, makeTrace, SEEDS } from './families.ts';
import { type Outcome, type Outcomes, playAll } from './outcome.ts';
import type { PolicyName } from './policies.ts';

type Field = keyof Outcome;

/** What the scheduler may have of what another policy has, at most. */
type Goal = {
  readonly field: Field;
  readonly against: PolicyName;
  readonly times: number;
  readonly families: readonly string[];
};

const T2 = ['T2-40', 'T2-70', 'T2-90'];
const T3 = ['T3-40', 'T3-70', 'T3-90'];
const T7 = ['T7-40', 'T7-70', 'T7-90'];
/** Where little can be won against llama-swap, and nothing is to be lost. */
const CLOSE = ['T1', ...T2, ...T3, 'T4', 'T6', ...T7];

const GOALS: readonly Goal[] = [
  { field: 'swaps', against: 'fifo', times: 0.35, families: ['T1', 'T2-70', 'T2-90'] },
  {
    field: 'p95WaitSeconds',
    against: 'ollama',
    times: 0.4,
    families: ['T1', ...T2, 'T4', 'T5', 'T8-70', 'T8-90'],
  },
  { field: 'p95WaitSeconds', against: 'ollama', times: 0.7, families: ['T6'] },
  { field: 'p95WaitSeconds', against: 'ollama', times: 1.1, families: [...T3, ...T7] },
  { field: 'meanWaitSeconds', against: 'llama-swap', times: 1.08, families: CLOSE },
  { field: 'p95WaitSeconds', against: 'llama-swap', times: 1.08, families: CLOSE },
  { field: 'meanWaitSeconds', against: 'llama-swap', times: 0.5, families: ['T5'] },
  { field: 'meanWaitSeconds', against: 'llama-swap', times: 0.35, families: ['T8-70', 'T8-90'] },
  { field: 'maxWaitSinceEligibleSeconds', against: 'llama-swap', times: 0.15, families: ['HOG'] },
];

/** For information, for every family without a goal of that field against that policy. */
const SHOWN: readonly Omit<Goal, 'times' | 'families'>[] = [
  { field: 'meanWaitSeconds', against: 'llama-swap' },
  { field: 'p95WaitSeconds', against: 'llama-swap' },
];

const NAMES: Readonly<Partial<Record<Field | PolicyName, string>>> = {
  meanWaitSeconds: 'mean wait',
  p95WaitSeconds: 'p95 wait',
  maxWaitSinceEligibleSeconds: 'longest wait since eligible',
  fifo: 'FIFO',
  ollama: 'Ollama alone',
};

/** Plays every family and compares; `say` gets a table. */
export function measureGoals(say: (line: string) => void): Report {
  say(`Mean / p95 wait in seconds and (swaps), medians of ${SEEDS.length} seeds`);
  const reports = FAMILY_NAMES.map((family) => {
    const played = playFamily(family, SEEDS);
    say(rowOf(family, played));
    return judge(family, played);
  });
  return joinReports(reports);
}

export function playFamily(family: string, seeds: readonly number[]): readonly Outcomes[] {
  return seeds.map((seed) => playAll(makeTrace(family, seed)));
}

/** Every goal of a family, and what is shown without one. */
export function judge(family: string, played: readonly Outcomes[]): Report {
  const goals = GOALS.filter(({ families }) => families.includes(family));
  const timesOf = ({ field, against }: Pick<Goal, 'field' | 'against'>) =>
    medianOf(played, 'ostler', field) / medianOf(played, against, field);
  const targets = goals.map(
    (goal): Target => atMost(nameOf(family, goal), timesOf(goal), 'times', goal.times),
  );
  const shown = SHOWN.filter(
    ({ field, against }) => !goals.some((goal) => goal.field === field && goal.against === against),
  );
  const figures = shown.map((one) => ({ name: nameOf(family, one), figure: timesOf(one), unit: 'times' }));
  return { targets, figures };
}

function nameOf(family: string, { field, against }: Pick<Goal, 'field' | 'against'>): string {
  return `${family}: ${NAMES[field] ?? field} against ${NAMES[against] ?? against}`;
}

function medianOf(played: readonly Outcomes[], policy: PolicyName, field: Field): number {
  return median(played.map((outcomes) => outcomes[policy][field]));
}

function rowOf(family: string, played: readonly Outcomes[]): string {
  const cell = (policy: PolicyName) => {
    const [mean, p95, swaps] = (['meanWaitSeconds', 'p95WaitSeconds', 'swaps'] as const).map((field) =>
      medianOf(played, policy, field).toFixed(0),
    );
    return `${policy} ${mean} / ${p95} (${swaps})`.padEnd(30);
  };
  return `${family.padEnd(8)}${cell('ostler')}${cell('fifo')}${cell('ollama')}${cell('llama-swap')}`.trimEnd();
}
