import type { CachePart } from '../../../src/cache/response-cache.ts';
import { requireCachePart } from '../../../src/chat/require-cache-part.ts';
import type { CacheStats } from '../../../src/stats/cache-stats.ts';
import { EXIT } from '../exit.ts';
import { type Reach, reaching } from '../reach.ts';
import type { Screen } from '../screen.ts';
import { showError } from '../show.ts';
import { countedStats } from './await-tier.ts';

type Clear = {
  /** Left out: everything. */
  readonly part?: CachePart;
  /** Whether somebody who is asked says yes; undefined: nobody is asked. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
  readonly print: (text: string) => void;
};

/** Removes the answers that are kept. Returns the exit code: 1 also where somebody says no, or some texts stay. */
export async function clearCache(
  { part, confirm, print }: Clear,
  reach: Reach,
  screen: Screen,
  interrupted: AbortSignal,
): Promise<number> {
  try {
    return await reaching(reach, async (reached) => {
      const stats = await countedStats(reached, interrupted);
      requireCachePart(stats, part);
      const count = entriesOf(stats, part);
      const isMeant = confirm === undefined || count === 0 || (await confirm(`Remove ${answers(count)}?`));
      interrupted.throwIfAborted();
      if (!isMeant) {
        print('Nothing was removed.\n');
        return EXIT.failed;
      }
      const { words } = await reached.client.clearCache(part, interrupted);
      if (words !== undefined) {
        screen.failure({ code: 'unreachable', message: words });
        return EXIT.failed;
      }
      print(count === 0 ? 'There was nothing to remove.\n' : `Removed ${answers(count)}.\n`);
      return EXIT.answered;
    });
  } catch (error) {
    return showError(error, screen, interrupted);
  }
}

/** About how many there are: what is in memory is in the second tier, too. Null: not known. */
function entriesOf({ l1, l2 }: CacheStats, part: CachePart | undefined): number | null {
  if (part === 'memory' || l2 === null) return l1.entries;
  if (part !== undefined) return l2.entries;
  return l2.entries === null ? null : Math.max(l2.entries, l1.entries ?? 0);
}

function answers(count: number | null): string {
  if (count === null) return 'all answers';
  return `${count.toLocaleString('en')} answer${count === 1 ? '' : 's'}`;
}
