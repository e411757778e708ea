import { lruTier } from '../src/cache/lru-tier.ts';
import type { OpenMemoryTier } from '../src/cache/memory-tier.ts';
import { tinylfuTier } from '../src/cache/tinylfu-tier.ts';
import { atLeast, type Report } from './bench.ts';
import { beladyHits } from './cache-belady.ts';
import { TRACES } from './cache-traces.ts';

const CAPACITY = 1_000;

/** In percent of Belady's optimum. */
const POLICIES: readonly {
  readonly name: string;
  readonly open: OpenMemoryTier;
  readonly asked: Readonly<Record<string, number>>;
}[] = [
  {
    name: 'LRU',
    open: lruTier,
    asked: { 'Zipf 0.9': 66, 'with scans': 64, shifting: 67, 'chat-like': 69 },
  },
  {
    name: 'W-TinyLFU',
    open: tinylfuTier,
    asked: { 'Zipf 0.9': 82, 'with scans': 82, shifting: 75, 'chat-like': 84 },
  },
];

/** How close both policies come to the best possible, with the same capacity on the same traces. */
export async function measureHitRates(): Promise<Report> {
  const measured = Object.entries(TRACES).map(([name, make]) => {
    const trace = make();
    const best = beladyHits(trace, CAPACITY);
    const targets = POLICIES.map(({ name: policy, open, asked }) => {
      const share = (100 * hitsOf(open, trace)) / best;
      return atLeast(`hits of ${policy}, ${name}`, share, '% of Belady’s', asked[name] ?? 0);
    });
    const figure = (100 * best) / trace.length;
    return { targets, figures: [{ name: `hit rate of Belady’s optimum, ${name}`, figure, unit: '%' }] };
  });
  return {
    targets: measured.flatMap(({ targets }) => targets),
    figures: measured.flatMap(({ figures }) => figures),
  };
}

function hitsOf(open: OpenMemoryTier, trace: readonly string[]): number {
  const never = Number.MAX_SAFE_INTEGER;
  const limits = { maxEntries: CAPACITY, maxBytes: never, ttlMs: never, ttiMs: never };
  const tier = open<true>(
    limits,
    () => {},
    () => 0,
  );
  let hits = 0;
  for (const key of trace) {
    if (tier.get(key)) hits += 1;
    else tier.set(key, true, 1);
  }
  return hits;
}
