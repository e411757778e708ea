import type { EstimatedSeconds, LoadProgress } from '../chat/progress.ts';
import type { Estimate, Tier } from './load-series.ts';
import type { TimesOfModel } from './model-times.ts';

/** Shares of the bar: at the usual time, and from the ninth decile on until the model is there. */
const USUAL_SHARE = 0.8;
const MOST_SHARE = 0.9;

/** What is told of a load. `times`: what is known of its model, if anything. Pure. */
export function loadProgress(
  { model, forSeconds, tier }: { model: string; forSeconds: number; tier: Tier },
  stage: LoadProgress['stage'],
  times: TimesOfModel | undefined,
): LoadProgress {
  const load = { stage, model, forSeconds } as const;
  if (!times) return load;
  const { cold, warm } = times;
  // What takes longer than a warm load should was not in the page cache after all.
  const isWarm = tier === 'warm' && (forSeconds * 1_000 <= warm.p90Ms || cold.p90Ms <= warm.p90Ms);
  const estimate = inSeconds(isWarm ? warm : cold);
  return { ...load, estimate, share: loadShare(forSeconds, estimate) };
}

/** How far a load has come, as far as anybody can tell: 0–0.9, in hundredths. */
export function loadShare(forSeconds: number, { aboutSeconds, upToSeconds }: EstimatedSeconds): number {
  const late = (forSeconds - aboutSeconds) / Math.max(1, upToSeconds - aboutSeconds);
  const share =
    forSeconds <= aboutSeconds
      ? USUAL_SHARE * (forSeconds / aboutSeconds)
      : USUAL_SHARE + (MOST_SHARE - USUAL_SHARE) * Math.min(1, late);
  return Math.round(share * 100) / 100;
}

/** Never 0 s: nobody is told that it takes no time. */
export function inSeconds({ medianMs, p90Ms, basis }: Estimate): EstimatedSeconds {
  const aboutSeconds = Math.max(1, Math.round(medianMs / 1_000));
  return { aboutSeconds, upToSeconds: Math.max(aboutSeconds, Math.ceil(p90Ms / 1_000)), basis };
}
