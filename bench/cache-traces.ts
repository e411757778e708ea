import { type Random, seeded } from '../demo/ollama/seeded.ts';

/** Traces of keys that a cache is asked for, always the same ones. */

/** Requests of each trace. */
const LENGTH = 200_000;
const KEYS = 50_000;
const EXPONENT = 0.9;
/** After so many requests comes a scan of so many keys that nobody asks for again. */
const SCAN_EVERY = 10_000;
const SCAN = 1_000;
/** After so many requests everything that was popular is replaced. */
const SHIFT_EVERY = 50_000;
/** Share of new questions, each asked once more after about so many requests (exponentially distributed). */
const FRESH = 0.1;
const SOON = 50;

type Trace = readonly string[];

/** Ranks from 0: rank n comes up in proportion to 1 / (n + 1)^exponent. */
function zipf(ranks: number, exponent: number, random: Random): () => number {
  const sums = new Float64Array(ranks);
  let sum = 0;
  for (let rank = 0; rank < ranks; rank += 1) {
    sum += (rank + 1) ** -exponent;
    sums[rank] = sum;
  }
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = ranks - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** The same few thousand questions again and again. */
function steady(): Trace {
  const next = zipf(KEYS, EXPONENT, seeded(1));
  return Array.from({ length: LENGTH }, () => `steady ${next()}`);
}

function withScans(): Trace {
  const next = zipf(KEYS, EXPONENT, seeded(2));
  const trace: string[] = [];
  while (trace.length < LENGTH) {
    for (let at = 0; at < SCAN_EVERY; at += 1) trace.push(`steady ${next()}`);
    for (let at = 0; at < SCAN; at += 1) trace.push(`scan ${trace.length}`);
  }
  return trace;
}

function shifting(): Trace {
  const next = zipf(KEYS, EXPONENT, seeded(3));
  return Array.from({ length: LENGTH }, (_, at) => `era ${Math.floor(at / SHIFT_EVERY)} ${next()}`);
}

/** Steady questions, and new ones that are asked again soon: by Retry, by the next person in the group. */
function chatLike(): Trace {
  const random = seeded(4);
  const next = zipf(KEYS, EXPONENT, random);
  const again = new Map<number, string>();
  const trace: string[] = [];
  while (trace.length < LENGTH) {
    const at = trace.length;
    const due = again.get(at);
    const key = due ?? (random() < FRESH ? `fresh ${at}` : `steady ${next()}`);
    trace.push(key);
    if (due !== undefined || !key.startsWith('fresh')) continue;
    let when = at + 1 + Math.floor(-Math.log(1 - random()) * SOON);
    while (again.has(when)) when += 1;
    again.set(when, key);
  }
  return trace;
}

export const TRACES: Readonly<Record<string, () => Trace>> = {
  'Zipf 0.9': steady,
  'with scans': withScans,
  shifting,
  'chat-like': chatLike,
};
