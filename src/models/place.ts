import type { Job } from '../path/job.ts';
import type { Placement } from '../path/route.ts';
import type { Grant } from './grant.ts';

/**
 * All that is known of a job in the line; it goes with the job. Times are monotonic milliseconds.
 * Mutable: the line and its one owner write to it.
 */
export type Place = {
  job: Job;
  /** When everything before it in its chat had ended. */
  eligibleAt: number | undefined;
  /** Left alone until then. */
  restsUntil: number;
  /** Until then more of the same question may come. */
  gathersUntil: number;
  /** Which model answers, as things stand. */
  placement: Placement | undefined;
  /** The list of models was read for it: it may be told that one is missing. */
  listed: boolean;
  /** `none`: no answer is kept that serves. `leave` aborts when none is needed any more. */
  recall: { readonly state: 'asking' | 'none'; readonly leave: AbortController } | undefined;
  /** It runs, with this. */
  grant: Grant | undefined;
  /** A process that was killed still holds it; the queue gives it back. */
  held: boolean;
  /** It is being ended from outside: it is begun no more. */
  ending: boolean;
  /** Its outcome is kept: it needs no model any more, only its delivery. */
  settled: boolean;
  /** When it came, or its outcome was kept. */
  since: number;
  /** For so long it stood behind outcomes that could not be delivered: that does not count as its waiting. */
  heldUpMs: number;
  /** It is being delivered, or about to be. */
  delivering: boolean;
  /** What its person was told last. */
  told: string;
  /** The model for which it was counted as a demand. */
  countedFor: string | undefined;
  /** How many its model was answering when it was begun, with it. */
  atOnce: number;
  /** Its person is asked whether these may leave the memory for this model (until when), or has agreed. */
  consent: Consent | undefined;
};

type Consent = { readonly model: string; readonly evict: readonly string[] } & (
  | { readonly kind: 'asked'; readonly until: number }
  | { readonly kind: 'given' }
);

export function modelOf({ placement }: Place): string | undefined {
  return placement?.kind === 'model' ? placement.model : undefined;
}

/** What is known of a job that comes into the line. */
export type Entry = Pick<Place, 'held' | 'settled' | 'gathersUntil'>;
