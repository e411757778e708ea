import type { Config } from '../config/schema.ts';
import type { KeepAlive } from '../ports/models.ts';

type CacheConfig = Config['llm']['cache'];
type Eviction = NonNullable<CacheConfig['eviction']>;

/** What a strategy means where the config does not say otherwise. */
const STRATEGIES = {
  ram: { keepAlive: '30m', maxModels: 3, eviction: 'auto' },
  ssd: { keepAlive: '2m', maxModels: 1, eviction: 'immediate' },
  none: { keepAlive: 0, maxModels: 1, eviction: 'immediate' },
} as const;

/** Long enough for what waits of a visit, or for whoever wanted the model loaded to ask it. */
export const VISIT_MS = 300_000;
const VISIT: KeepAlive = `${VISIT_MS / 60_000}m`;

export type KeepAlivePolicy = {
  /** Sent with a load and with every question: how long the model stays after it. */
  readonly keepAlive: KeepAlive;
  /** Whether a model goes as soon as nothing waits for it. */
  readonly unloadIdle: boolean;
  readonly maxModels: number;
  readonly eviction: Eviction;
};

/** How many models may be in memory at once, where the config says no more than the strategy. */
export function mostModelsOf(type: string | undefined): number {
  return (STRATEGIES[type as keyof typeof STRATEGIES] ?? STRATEGIES.ram).maxModels;
}

/**
 * How long models stay, by strategy. With `none`, or a keep_alive of 0, a model still waits for the rest of
 * its visit: the loop unloads it after the last job, so that no question meets a model that is going. The model that
 * somebody ordered stays for as long as a visit may take.
 */
export function keepAlivePolicy(cache: CacheConfig): KeepAlivePolicy {
  const strategy = STRATEGIES[cache.type];
  const wanted = cache.keep_alive ?? strategy.keepAlive;
  const unloadIdle = durationMs(wanted) === 0;
  return {
    keepAlive: unloadIdle ? VISIT : wanted,
    unloadIdle,
    maxModels: cache.max_models ?? strategy.maxModels,
    eviction: cache.eviction ?? strategy.eviction,
  };
}

/** Ollama's way to say: for ever. */
const FOR_EVER = -1;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * What is said to Ollama with one load or question: as the policy says, but at least so that the model stays for what
 * waits for it now; a pinned one for ever.
 */
export function keepAliveFor(policy: KeepAlivePolicy, isPinned: boolean, visitMs: number): KeepAlive {
  if (isPinned) return FOR_EVER;
  return durationMs(policy.keepAlive) >= visitMs ? policy.keepAlive : Math.ceil(visitMs / 1_000);
}

/** As Ollama reads it: less than nothing is for ever, and "-0s" is nothing. */
function durationMs(keepAlive: KeepAlive): number {
  const ms = typeof keepAlive === 'number' ? keepAlive * 1_000 : goDurationMs(keepAlive);
  return ms < 0 ? Number.POSITIVE_INFINITY : ms;
}

function goDurationMs(text: string): number {
  const parts = text.matchAll(/([\d.]+)(ms|s|m|h)/g);
  const ms = [...parts].reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNIT_MS[unit] ?? 0), 0);
  return text.startsWith('-') ? -ms : ms;
}
