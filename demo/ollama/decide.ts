import { FIT_SHARE } from './memory.ts';

/** A loaded model as the decision sees it. */
export type Candidate = {
  readonly blob: string;
  /** The setting, not what is left of it. */
  readonly keepAliveMs: number;
  /** Requests that hold it, waiting for a slot or generating. */
  readonly references: number;
  readonly stopping: boolean;
};

export type Situation = {
  readonly loaded: readonly Candidate[];
  /** The loaded model that the request asks for, and whether it can be used as it is. */
  readonly own: { readonly blob: string; readonly usable: boolean };
  readonly maxLoaded: number;
  readonly predictedBytes: number;
  readonly freeBytes: number;
};

export type Step =
  | { readonly type: 'use' }
  | { readonly type: 'load' }
  | { readonly type: 'evict'; readonly blob: string }
  | { readonly type: 'wait-for-unload' };

/** What the head of the queue does next (server/sched.go, processPending). */
export function decide({ loaded, own, maxLoaded, predictedBytes, freeBytes }: Situation): Step {
  const itself = loaded.find(({ blob }) => blob === own.blob);
  if (itself?.stopping) return { type: 'wait-for-unload' };
  if (itself) return own.usable ? { type: 'use' } : { type: 'evict', blob: itself.blob };
  if (loaded.length === 0) return { type: 'load' };
  if (loaded.length < maxLoaded && predictedBytes <= freeBytes * FIT_SHARE) return { type: 'load' };
  const victim = chooseVictim(loaded);
  return victim ? { type: 'evict', blob: victim.blob } : { type: 'load' };
}

/** The shortest keep_alive setting, ties by the file's path; first among the idle ones. */
export function chooseVictim(loaded: readonly Candidate[]): Candidate | undefined {
  const ordered = loaded.toSorted(
    (a, b) => a.keepAliveMs - b.keepAliveMs || (a.blob < b.blob ? -1 : a.blob > b.blob ? 1 : 0),
  );
  return ordered.find(({ references }) => references === 0) ?? ordered[0];
}
