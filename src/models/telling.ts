import type { KeptRoom, Progress } from '../chat/progress.ts';
import type { Job } from '../path/job.ts';
import type { Clock } from '../ports/clock.ts';
import { expectations, expectOrder } from './expect.ts';
import type { Intentions } from './intentions.ts';
import type { createKeptOut } from './kept-out.ts';
import type { Line } from './line.ts';
import type { ModelTimes, TimesOfModel } from './model-times.ts';
import type { Moves } from './moves.ts';
import { modelOf } from './place.ts';
import type { HostState } from './schedule/state.ts';

type Surroundings = {
  readonly line: Line;
  readonly clock: Clock;
  readonly moves: Pick<Moves, 'current'>;
  readonly times: Pick<ModelTimes, 'of'>;
  readonly intentions: Pick<Intentions, 'orders' | 'tellOrder'>;
  readonly hostState: () => HostState;
  readonly keptOut: ReturnType<typeof createKeptOut>;
  readonly onProgress: (job: Job, progress: Progress) => void;
};

/** Tells each who waits what for and how long, where that is news. */
export function createTelling({
  line,
  clock,
  moves,
  times,
  intentions,
  hostState,
  keptOut,
  onProgress,
}: Surroundings): () => void {
  return () => {
    const known = new Map<string, TimesOfModel | undefined>();
    const timesOf = (model: string) => {
      if (!known.has(model)) known.set(model, times.of(model));
      return known.get(model);
    };
    const earlier = line.earlier();
    const now = clock.now();
    const state = hostState();
    const resting = new Set(state.models.flatMap(({ tag, restsUntil }) => (restsUntil > now ? [tag] : [])));
    const kept = new Map<string, KeptRoom | undefined>();
    const keptFrom = (model: string) => {
      if (!kept.has(model)) kept.set(model, keptOut(model, state));
      return kept.get(model);
    };
    const waitingJobs = line.waiting().map((place) => {
      const { job, restsUntil, consent } = place;
      const model = modelOf(place);
      return {
        id: job.id,
        earlier: earlier.get(job.id) ?? 0,
        rests: restsUntil > now || resting.has(model ?? ''),
        fetches: (job.message.remoteImages ?? []).length > 0,
        kept: model === undefined ? undefined : keptFrom(model),
        ...(consent?.kind === 'asked' && { asks: { model: consent.model, unloads: consent.evict } }),
      };
    });
    const expected = expectations(waitingJobs, state, moves.current(), line.running(), timesOf);
    for (const waiting of line.waiting()) {
      const progress = expected.get(waiting.job.id);
      const text = JSON.stringify(progress);
      if (!progress || waiting.told === text) continue;
      waiting.told = text;
      onProgress(waiting.job, progress);
    }
    const orders = intentions.orders();
    intentions.tellOrder((order) => {
      const { model } = order;
      const earlier = orders.slice(0, orders.indexOf(order)).filter((other) => other.model !== model);
      const ordered = { model, before: earlier.length, rests: resting.has(model), kept: keptFrom(model) };
      return expectOrder(ordered, state, moves.current(), timesOf);
    });
  };
}
