import type { StatusView } from '../chat/status-view.ts';
import type { ConnectionState } from '../ports/chat.ts';
import type { CacheStats } from './cache-stats.ts';

/** How the parts of a house are, apart from its fronts. */
export type Parts = {
  readonly cache: Pick<CacheStats, 'l2'>;
  readonly ollama: StatusView['ollama'];
  /** Whether what must not be lost can be written. */
  readonly storeWorks: boolean;
  readonly stopping: boolean;
};

/** The names are those of the JSON that programs read; of addresses and reasons nothing is told. */
export type Health = {
  /** `not_ready`: questions cannot be taken. `degraded`: they are, and something does not work. */
  readonly status: 'ok' | 'degraded' | 'not_ready';
  readonly l1_healthy: boolean;
  /** Also false where there is none. */
  readonly l2_healthy: boolean;
  readonly l2_configured: boolean;
  /** All tiers of the cache work. */
  readonly fully_healthy: boolean;
  /** Null: there is none. */
  readonly l2: string | null;
  /** Away: questions are taken, and wait. */
  readonly ollama: 'ready' | 'away';
  /** The queue and what is kept; `stopping`: it takes nothing more. */
  readonly store: 'ready' | 'down';
  readonly queue: 'ready' | 'stopping' | 'down';
  readonly fronts: Readonly<Record<string, ConnectionState>>;
};

/** What of it works, and whether that is enough to take questions: without Ollama or the cache it is. Pure. */
export function healthOf(
  { cache: { l2 }, ollama, storeWorks, stopping }: Parts,
  fronts: Health['fronts'],
): Health {
  const l2_healthy = l2?.state === 'ready';
  const fully_healthy = l2_healthy || l2 === null;
  const isReady = storeWorks && !stopping;
  const isWhole =
    fully_healthy && ollama.reachable && Object.values(fronts).every((state) => state === 'ready');
  return {
    status: isReady ? (isWhole ? 'ok' : 'degraded') : 'not_ready',
    // Memory cannot fail apart from the process that answers here.
    l1_healthy: true,
    l2_healthy,
    l2_configured: l2 !== null,
    fully_healthy,
    l2: l2?.state ?? null,
    ollama: ollama.reachable ? 'ready' : 'away',
    store: storeWorks ? 'ready' : 'down',
    queue: stopping ? 'stopping' : storeWorks ? 'ready' : 'down',
    fronts,
  };
}
