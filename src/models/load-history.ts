import { openKept } from '../kept.ts';
import type { ModelOptions } from '../path/job.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';
import {
  type Book,
  type Entry,
  type Estimate,
  estimateOf,
  guessLoad,
  readBook,
  type Tier,
  withEntry,
} from './load-series.ts';

/** What a time is measured of: a file on a host, and the context that it is loaded with. */
export type Measured = {
  /** The server's address, fit to be shown. */
  readonly host: string;
  readonly digest: string;
  /** In tokens; undefined: as the server has it. */
  readonly numCtx: number | undefined;
};

type Load = Measured & { readonly tier: Tier; readonly sizeBytes: number };

/**
 * How long loads and answers took, over restarts. Reads come from memory, writes happen behind: a statistic never
 * costs anybody an answer, and nothing here throws.
 */
export type LoadHistory = {
  /** A load that ended well took so long; of one that failed or was abandoned nothing is learned. */
  note(load: Load & { readonly ms: number }): void;
  /** An answer kept its model so long. */
  noteService(answer: Measured & { readonly ms: number }): void;
  estimate(load: Load): Estimate;
  /** Undefined where none was measured. */
  service(of: Measured): Estimate | undefined;
  /** Resolves once what was noted is kept, or could not be. */
  settled(): Promise<void>;
};

type Surroundings = { readonly store: Store; readonly logger: Logger };

const KEY = 'load-history';

/** The part of a model's options that its loads differ by most. */
export function numCtxOf({ num_ctx }: ModelOptions): number | undefined {
  return typeof num_ctx === 'number' ? num_ctx : undefined;
}

/** Begins with what earlier processes measured, if that can be read. */
export async function openLoadHistory({ store, logger }: Surroundings): Promise<LoadHistory> {
  const book = await openKept<Book>({
    store,
    logger,
    key: KEY,
    read: readBook,
    trouble: 'the load history cannot be kept',
  });
  /** They are asked for far more often than the book changes. */
  const estimates = new Map<string, Estimate | undefined>();
  const keyOf = ({ host, digest, numCtx }: Measured) => `${host} ${digest} ${numCtx ?? 'default'}`;

  function remembered<T extends Estimate | undefined>(key: string, make: () => T): T {
    if (!estimates.has(key)) estimates.set(key, make());
    return estimates.get(key) as T;
  }

  function add(entry: Entry): void {
    book.change((before) => withEntry(before, entry));
    estimates.clear();
  }

  return {
    note(load) {
      const { host, tier, sizeBytes, ms } = load;
      add({ key: keyOf(load), host, kind: tier, ms, sizeBytes });
    },

    noteService(answer) {
      add({ key: keyOf(answer), host: answer.host, kind: 'service', ms: answer.ms });
    },

    estimate(load) {
      const { host, tier, sizeBytes } = load;
      const key = keyOf(load);
      return remembered(
        `${key} ${tier} ${sizeBytes}`,
        () => estimateOf(book.get()[key]?.[tier] ?? []) ?? guessLoad(book.get(), host, tier, sizeBytes),
      );
    },

    service(of) {
      const key = keyOf(of);
      return remembered(`${key} service`, () => estimateOf(book.get()[key]?.service ?? []));
    },

    settled: book.settled,
  };
}
