import type { CachePart } from '../../../src/cache/response-cache.ts';
import { requireCachePart } from '../../../src/chat/require-cache-part.ts';
import { EXIT } from '../exit.ts';
import { type Reach, reaching } from '../reach.ts';
import type { Screen } from '../screen.ts';
import { showError } from '../show.ts';
import { countedStats } from './await-tier.ts';
import { cacheText } from './cache-text.ts';

type Stats = {
  /** Only this one is shown of the tiers. */
  readonly part?: CachePart;
  /** As programs read it: all of CacheStats. */
  readonly json?: true;
  readonly print: (text: string) => void;
};

/** Shows how well the cache works. Returns the exit code. */
export async function showCacheStats(
  { part, json, print }: Stats,
  reach: Reach,
  screen: Screen,
  interrupted: AbortSignal,
): Promise<number> {
  try {
    const stats = await reaching(reach, (reached) => countedStats(reached, interrupted));
    requireCachePart(stats, part);
    print(json ? `${JSON.stringify(stats)}\n` : cacheText(stats, part));
    return EXIT.answered;
  } catch (error) {
    return showError(error, screen, interrupted);
  }
}
