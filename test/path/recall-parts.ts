import { noCounts } from '../../src/cache/counters.ts';
import type { CacheEntry } from '../../src/cache/entry.ts';
import { createFates } from '../../src/cache/fates.ts';
import { lruTier } from '../../src/cache/lru-tier.ts';
import { createResponseCache } from '../../src/cache/response-cache.ts';
import { createFlights } from '../../src/path/flights.ts';
import { createRecall } from '../../src/path/recall.ts';
import { fakeClock } from '../fakes/clock.ts';
import { quietPorts } from '../fakes/quiet-ports.ts';
import { slowTier } from '../fakes/slow-tier.ts';
import type { SCOPES } from './recall-steps.ts';
import { createWorld } from './recall-world.ts';

/** What a house recalls answers with, in a world that can be changed. In memory there is room for three. */
export function createParts(scope: (typeof SCOPES)[number]) {
  const clock = fakeClock();
  const world = createWorld(scope, clock);
  const { logger } = quietPorts();
  const counts = noCounts(0);
  const limits = { maxEntries: 3, maxBytes: 1e6, ttlMs: 1e6, ttiMs: 1e6 };
  const cache = createResponseCache({
    l1: lruTier<CacheEntry>(limits, () => {}, clock.now),
    l2: slowTier(),
    ttl: { l1: 1e6, l2: undefined },
    counts,
    fates: createFates(true, clock.now),
    clock,
    logger,
  });
  const flights = createFlights();
  const recall = createRecall({
    ...world,
    cache,
    counts,
    flights,
    ownTemperature: async () => undefined,
    openReply: () => ({ progress() {}, thinking() {}, text() {}, restart() {}, async finish() {} }),
    clock,
    logger,
  });
  return { world, cache, flights, recall, counts, clock };
}
