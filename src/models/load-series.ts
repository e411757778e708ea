import { quantile } from '../quantile.ts';

/** A load from the disk, or one whose file was still in the operating system's page cache. */
export type Tier = 'cold' | 'warm';

/** What something takes, in milliseconds: at the median, and nine times out of ten at most. */
export type Estimate = {
  readonly medianMs: number;
  readonly p90Ms: number;
  /** `guessed`: never measured; from the size of the file and the speed of its host. */
  readonly basis: 'measured' | 'guessed';
};

/** What one file took with one context on one host: the last of each, in whole milliseconds. */
type Series = {
  readonly host: string;
  /** Of the file; 0: not known. */
  readonly sizeBytes: number;
  readonly cold: readonly number[];
  readonly warm: readonly number[];
  readonly service: readonly number[];
};

/** All series by their keys, those that were added to last at the end. JSON. */
export type Book = Readonly<Record<string, Series>>;

/** One more measurement. */
export type Entry = {
  readonly key: string;
  readonly host: string;
  readonly kind: Tier | 'service';
  readonly ms: number;
  /** Left out: not known. */
  readonly sizeBytes?: number;
};

/** What is remembered: models come and go, and their loads change with what else the machine does. */
const MOST_TIMES = 20;
const MOST_SERIES = 200;
/** With fewer than this nobody knows how much they differ: nine out of ten are taken to be within this factor. */
const FEW_TIMES = 5;
const FEW_FACTOR = 1.5;
/** Ollama's engine is up after this (a 0.7 MB model on a real 0.33); what is left of a load is reading. */
const START_MS = 250;
/** The load of a smaller file says little about the speed of a disk. */
const LEAST_BYTES_FOR_SPEED = 500e6;
/** Before anything is measured on a host. Cautious: who waits is told too much rather than too little. */
const FIRST_BYTES_PER_MS = { cold: 0.5e6, warm: 8e6 } as const;
const GUESS_FACTOR = 2;

const EMPTY = { sizeBytes: 0, cold: [], warm: [], service: [] };

/** The book with one more measurement; the oldest ones are forgotten. */
export function withEntry(book: Book, { key, host, kind, ms, sizeBytes }: Entry): Book {
  const { [key]: old = { host, ...EMPTY }, ...others } = book;
  const series = {
    ...old,
    [kind]: [...old[kind], Math.round(ms)].slice(-MOST_TIMES),
    ...(sizeBytes !== undefined && { sizeBytes }),
  };
  return Object.fromEntries([...Object.entries(others), [key, series] as const].slice(-MOST_SERIES));
}

/** What was kept, without anything that is no series. */
export function readBook(kept: unknown): Book {
  if (typeof kept !== 'object' || kept === null) return {};
  return Object.fromEntries(Object.entries(kept).filter(([, series]) => isSeries(series)));
}

/** Undefined where nothing was measured. */
export function estimateOf(times: readonly number[]): Estimate | undefined {
  if (times.length === 0) return undefined;
  const sorted = times.toSorted((one, other) => one - other);
  const medianMs = quantile(sorted, 0.5);
  const p90Ms =
    sorted.length < FEW_TIMES ? Math.max(FEW_FACTOR * medianMs, sorted.at(-1) ?? 0) : quantile(sorted, 0.9);
  return { medianMs, p90Ms, basis: 'measured' };
}

/** The load of a file that was not measured, by what the others of its host took. */
export function guessLoad(book: Book, host: string, tier: Tier, sizeBytes: number): Estimate {
  const medianMs = START_MS + sizeBytes / (bytesPerMs(book, host, tier) ?? FIRST_BYTES_PER_MS[tier]);
  return { medianMs, p90Ms: medianMs * GUESS_FACTOR, basis: 'guessed' };
}

/** How fast a host reads; large files count more. Undefined where nothing was measured. */
function bytesPerMs(book: Book, host: string, tier: Tier): number | undefined {
  let bytes = 0;
  let ms = 0;
  for (const series of Object.values(book)) {
    const measured = estimateOf(series[tier]);
    if (series.host !== host || series.sizeBytes < LEAST_BYTES_FOR_SPEED || !measured) continue;
    bytes += series.sizeBytes;
    ms += Math.max(1, measured.medianMs - START_MS);
  }
  return ms === 0 ? undefined : bytes / ms;
}

function isSeries(value: unknown): value is Series {
  if (typeof value !== 'object' || value === null) return false;
  const { host, sizeBytes, cold, warm, service } = value as Record<string, unknown>;
  return typeof host === 'string' && isTime(sizeBytes) && [cold, warm, service].every(areTimes);
}

const areTimes = (value: unknown) => Array.isArray(value) && value.every(isTime);

const isTime = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
