import { describeProgress } from '../../../src/chat/describe-progress.ts';
import type { LoadProgress, Progress } from '../../../src/chat/progress.ts';
import type { Failure } from '../../../src/errors.ts';
import { type Displaced, NOBODY } from '../../../src/models/displaced.ts';
import type { SwitchEvent } from '../../../src/models/switching.ts';
import type { Never } from '../../../src/models/verdict.ts';
import { gigabytes } from './gigabytes.ts';

/** What the stream of a switch tells, in this order: stages and progress, then `complete` or `error`. */
export type SwitchFrame =
  | { readonly event: 'stage' | 'progress' | 'complete'; readonly data: object }
  | { readonly event: 'error'; readonly data: SwitchError };

/** `required_gb` and the like: only of `insufficient_memory`, as far as they are known. */
type SwitchError = {
  readonly error: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly required_gb?: number;
  readonly available_gb?: number;
  readonly can_free_gb?: number;
  /** A smaller model that fits. */
  readonly suggested_model?: string;
  /** What left the memory for it; it comes back where there is room, unless the load goes on for others. */
  readonly unloaded?: readonly string[];
  /** What was told to leave for it and has not yet, which cannot be taken back; the same holds for it then. */
  readonly unloading?: readonly string[];
};

/** Shares of the whole in percent at which the stages begin; nothing shows more than 90 before the end. */
const UNLOADING_FROM = 20;
const LOADING_FROM = 50;
const LOADED_AT = 90;
/** What a load shows at most. */
const MOST_SHARE = 0.9;

export const CHECKING: SwitchFrame = { event: 'stage', data: { stage: 'checking_memory', progress: 0 } };

/** Puts what is told of one switch into frames. */
export function createSwitchFrames() {
  const begun = new Set<string>();

  function stage(name: string, progress: number, more: object): readonly SwitchFrame[] {
    if (begun.has(name)) return [];
    begun.add(name);
    return [{ event: 'stage', data: { stage: name, progress, ...more } }];
  }

  function progressFrames(progress: Progress): readonly SwitchFrame[] {
    const { stage: name, model } = progress;
    switch (name) {
      case 'queued':
        return [progressFrame({ stage: name, progress: 0, model, message: describeProgress(progress) })];
      case 'checking_memory':
      case 'generating':
        return [];
      case 'unloading': {
        const { unloading, share } = progress;
        const percent = between(UNLOADING_FROM, LOADING_FROM, share);
        const frame = { stage: name, progress: percent, model: unloading.join(', '), unloading };
        return [...stage('unloading_models', UNLOADING_FROM, { unloading }), progressFrame(frame)];
      }
      case 'loading':
      case 'initializing': {
        const percent = between(LOADING_FROM, LOADED_AT, (progress.share ?? 0) / MOST_SHARE);
        const frame = { stage: name, progress: percent, model, ...etaOf(progress) };
        return [...stage('loading_target', LOADING_FROM, { model }), progressFrame(frame)];
      }
    }
  }

  return (event: SwitchEvent): readonly SwitchFrame[] => {
    switch (event.type) {
      case 'progress':
        return progressFrames(event.progress);
      case 'loaded': {
        const { model, already, seconds } = event;
        const status = already ? 'already_loaded' : 'success';
        return [{ event: 'complete', data: { status, model, total_time_seconds: Math.round(seconds) } }];
      }
      case 'cancelled':
        return [errorFrame({ code: 'cancelled', message: whyCancelled(event) }, event)];
      case 'failed':
        return [errorFrame(event.failure, event, event.never)];
    }
  };
}

function whyCancelled({ model, replacedBy, goesOn }: Extract<SwitchEvent, { type: 'cancelled' }>): string {
  if (replacedBy === model) return `The load of ${model} was ordered once more.`;
  const why = replacedBy === undefined ? 'was stopped' : `gave way to ${replacedBy}`;
  return goesOn
    ? `The order of ${model} ${why}; it is loaded all the same, for others.`
    : `The load of ${model} ${why}.`;
}

/** `displaced`: what made room for it. */
export function errorFrame(
  { code, message, hint }: Omit<Failure, 'code'> & { readonly code: string },
  { gone, leaving }: Displaced = NOBODY,
  never?: Never,
): SwitchFrame {
  return {
    event: 'error',
    data: {
      error: code,
      message,
      ...(hint !== undefined && { hint }),
      ...(never && roomOf(never)),
      ...(gone.length > 0 && { unloaded: gone }),
      ...(leaving.length > 0 && { unloading: leaving }),
    },
  };
}

function roomOf({ requiredBytes, availableBytes, freeableBytes, smaller }: Never): Partial<SwitchError> {
  return {
    required_gb: gigabytes(requiredBytes),
    ...(availableBytes !== undefined && { available_gb: gigabytes(availableBytes) }),
    ...(freeableBytes !== undefined && { can_free_gb: gigabytes(freeableBytes) }),
    ...(smaller && { suggested_model: smaller.tag }),
  };
}

function progressFrame(data: object): SwitchFrame {
  return { event: 'progress', data };
}

/** Seconds left, most likely, and once that time is over, at most; nothing where nobody can say. */
function etaOf({ estimate, forSeconds }: LoadProgress): { readonly eta?: number } {
  if (!estimate) return {};
  const end = [estimate.aboutSeconds, estimate.upToSeconds].find((seconds) => seconds > forSeconds);
  return end === undefined ? {} : { eta: end - forSeconds };
}

/** `share`: 0–1. */
function between(from: number, to: number, share: number): number {
  return Math.round(from + (to - from) * share);
}
