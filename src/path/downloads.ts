import { type Failure, OstlerError, toFailure } from '../errors.ts';
import type { By } from '../models/switching.ts';
import type { PullProgress } from '../ports/models.ts';

/** What becomes of a download. */
export type PullEvent = { readonly type: 'progress'; readonly progress: PullProgress } | PullEnd;

export type PullEnd =
  | { readonly type: 'pulled' | 'cancelled' }
  | { readonly type: 'failed'; readonly failure: Failure };

/** Downloads that people order: each goes on until it has ended or is stopped, whoever looks on. */
type Downloads = {
  /** Begins at once. Who looks on is told the newest, and how it ended; `onEnd` is told that in any case. */
  order(model: string, by: By, onEnd: (end: PullEnd) => void): AsyncGenerator<PullEvent, void, undefined>;
  /** Stops these. Returns how many there were. */
  cancel(which: (by: By) => boolean): number;
};

type Pull = (model: string, signal: AbortSignal) => AsyncIterable<PullProgress>;

/** `ending`: its reason ends all of them. */
export function createDownloads(pull: Pull, ending: AbortSignal): Downloads {
  const open = new Map<AbortController, By>();

  return {
    order(model, by, onEnd) {
      const stop = new AbortController();
      open.set(stop, by);
      let newest: PullEvent = { type: 'progress', progress: { status: '' } };
      let news = Promise.withResolvers<void>();

      function tell(event: PullEvent): void {
        newest = event;
        news.resolve();
        news = Promise.withResolvers();
      }

      async function run(): Promise<PullEnd> {
        try {
          const signal = AbortSignal.any([stop.signal, ending]);
          for await (const progress of pull(model, signal)) tell({ type: 'progress', progress });
          return { type: 'pulled' };
        } catch (error) {
          return stop.signal.aborted ? { type: 'cancelled' } : { type: 'failed', failure: toFailure(error) };
        } finally {
          open.delete(stop);
        }
      }

      function end(how: PullEnd): void {
        tell(how);
        onEnd(how);
      }

      async function* lookOn(): AsyncGenerator<PullEvent, void, undefined> {
        let told: PullEvent | undefined;
        while (told === undefined || told.type === 'progress') {
          const more = news.promise;
          if (newest === told) await more;
          told = newest;
          yield told;
        }
      }

      void run().then(end);
      return lookOn();
    },

    cancel(which) {
      const meant = [...open].filter(([, by]) => which(by));
      for (const [stop] of meant) stop.abort(new OstlerError('It was stopped.', { code: 'cancelled' }));
      return meant.length;
    },
  };
}
