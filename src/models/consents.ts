import type { Failure } from '../errors.ts';
import type { Job } from '../path/job.ts';
import type { Clock } from '../ports/clock.ts';
import { shortId } from '../short-id.ts';
import type { Line } from './line.ts';
import { modelOf } from './place.ts';

/** Whoever has not answered by then does not want it any more. */
const WAIT_MS = 600_000;

type Surroundings = {
  readonly line: Pick<Line, 'find' | 'waiting'>;
  readonly clock: Clock;
  readonly giveUp: (job: Job, failure: Failure) => void;
};

/** Questions for which another model would have to go, and whose people are asked first. */
export type Consents = {
  /** Asks, or asks something else; with no models, nothing any more. */
  ask(job: string, evict: readonly string[]): void;
  /** What its person is asked, and about which models; undefined: nothing. */
  askedFor(job: string): { readonly id: string; readonly unloads: readonly string[] } | undefined;
  /** Their person agrees to what they were asked. False where that is not asked any more. */
  give(job: string, question: string): boolean;
  /** Ends the questions of those who never answered. */
  expire(): void;
  nextAt(): number | undefined;
};

export function createConsents({ line, clock, giveUp }: Surroundings): Consents {
  /** One whose end could not be kept rests. */
  const asked = () =>
    line
      .waiting()
      .filter(({ consent, restsUntil }) => consent?.kind === 'asked' && restsUntil <= clock.now());

  return {
    ask(job, evict) {
      const place = line.find(job);
      const model = place && modelOf(place);
      if (!place || model === undefined) return;
      const before = place.consent?.kind === 'asked' ? place.consent : undefined;
      const until = before?.until ?? clock.now() + WAIT_MS;
      place.consent = evict.length === 0 ? undefined : { kind: 'asked', model, evict, until };
    },

    askedFor(job) {
      const consent = line.find(job)?.consent;
      return consent?.kind === 'asked' ? { id: questionId(consent), unloads: consent.evict } : undefined;
    },

    give(job, question) {
      const place = line.find(job);
      const consent = place?.consent;
      if (!place || consent?.kind !== 'asked' || questionId(consent) !== question) return false;
      const { model, evict } = consent;
      place.consent = { kind: 'given', model, evict };
      return true;
    },

    expire() {
      for (const { job, consent } of asked()) {
        if (consent?.kind !== 'asked' || consent.until > clock.now()) continue;
        const message = `Nobody agreed within ${WAIT_MS / 60_000} minutes that another model is unloaded.`;
        giveUp(job, {
          code: 'expired',
          message,
          hint: 'Ask again, perhaps for the model that is in memory.',
        });
      }
    },

    nextAt() {
      const ends = asked().flatMap(({ consent }) => (consent?.kind === 'asked' ? [consent.until] : []));
      return ends.length === 0 ? undefined : Math.min(...ends);
    },
  };
}

/** Asked in another order it is the same question. */
export function questionId({ model, evict }: { readonly model: string; readonly evict: readonly string[] }) {
  return shortId([model, ...evict.toSorted()].join('\n'));
}
