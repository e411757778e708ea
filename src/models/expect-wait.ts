import type { EstimatedSeconds } from '../chat/progress.ts';
import { inSeconds } from './load-progress.ts';
import type { Estimate } from './load-series.ts';
import type { TimesOfModel } from './model-times.ts';
import { isParked } from './schedule/demand.ts';
import type { HostState, ModelState, WaitingJob } from './schedule/state.ts';

/** Nobody sees a card change for less. */
const STEPS_SECONDS = [
  { below: 60, step: 5 },
  { below: 600, step: 30 },
  { below: Number.POSITIVE_INFINITY, step: 60 },
] as const;

/**
 * How long until a question's model turns to it, as things stand. Undefined where that is not known: where the order
 * is open because several models are to be loaded, where a person decides, where an answer or a load of one that goes
 * before was never measured. It changes when the line does, not with each second. Pure.
 */
export function expectWait(
  state: HostState,
  timesOf: (model: string) => TimesOfModel | undefined,
): (job: WaitingJob) => EstimatedSeconds | undefined {
  const waiting = state.waiting.filter((job) => !job.isBackground && !isParked(job));
  const positions = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const { id, model } of waiting) {
    const before = counts.get(model) ?? 0;
    positions.set(id, before);
    counts.set(model, before + 1);
  }
  const models = new Map(state.models.map((model) => [model.tag, model]));
  const missing = [...counts.keys()].filter((tag) => models.get(tag)?.state !== 'ready');

  /** So many answers one after the other. */
  function answers(tag: string, rounds: number): Estimate | undefined {
    if (rounds <= 0) return { medianMs: 0, p90Ms: 0, basis: 'measured' };
    const service = timesOf(tag)?.service;
    return service && times(service, rounds);
  }

  /** Everybody whose model is there is answered, then the one model that is missing is loaded. */
  function untilLoaded(): Estimate | undefined {
    const [tag = '', ...others] = missing;
    const model = models.get(tag);
    const known = timesOf(tag);
    const isElse =
      others.length > 0 || [state.plan?.model, state.order].some((next) => (next ?? tag) !== tag);
    if (!model || !known || isElse || model.restsUntil > 0) return undefined;
    const drained = state.models
      .filter(({ state: where }) => where === 'ready')
      .map((one) => answers(one.tag, Math.ceil((one.running + (counts.get(one.tag) ?? 0)) / slotsOf(one))));
    return sum([...drained, known[known.expected]]);
  }

  const isOpen =
    missing.length > 0 || state.leaving.length > 0 || state.plan !== undefined || state.order !== undefined;
  const loaded = untilLoaded();

  return (job) => {
    const model = models.get(job.model);
    const position = positions.get(job.id);
    if (!model || position === undefined) return undefined;
    if (model.state === 'ready') {
      const rounds = Math.floor((model.running + position) / slotsOf(model));
      return isOpen || rounds === 0 ? undefined : coarse(answers(job.model, rounds));
    }
    if (model.state !== 'not_loaded' || (state.asksFirst && job.consent?.kind !== 'given')) return undefined;
    return coarse(sum([loaded, answers(job.model, Math.floor(position / slotsOf(model)))]));
  };
}

const slotsOf = ({ slots }: ModelState): number => Math.max(1, slots);

function times({ medianMs, p90Ms, basis }: Estimate, count: number): Estimate {
  return { medianMs: medianMs * count, p90Ms: p90Ms * count, basis };
}

/** Undefined where one of them is. */
function sum(estimates: readonly (Estimate | undefined)[]): Estimate | undefined {
  let all: Estimate = { medianMs: 0, p90Ms: 0, basis: 'measured' };
  for (const one of estimates) {
    if (!one) return undefined;
    all = {
      medianMs: all.medianMs + one.medianMs,
      p90Ms: all.p90Ms + one.p90Ms,
      basis: one.basis === 'guessed' ? 'guessed' : all.basis,
    };
  }
  return all;
}

function coarse(estimate: Estimate | undefined): EstimatedSeconds | undefined {
  if (!estimate) return undefined;
  const { aboutSeconds, upToSeconds, basis } = inSeconds(estimate);
  return { aboutSeconds: inSteps(aboutSeconds), upToSeconds: inSteps(upToSeconds), basis };
}

/** Whole seconds, as coarse as people look at them. */
export function inSteps(seconds: number): number {
  const step = STEPS_SECONDS.find(({ below }) => seconds < below)?.step ?? 1;
  return Math.ceil(seconds / step) * step;
}
