import { onTestFinished } from 'vitest';
import { awaitTier, countedStats } from '../../adapters/terminal/cache/await-tier.ts';
import { ask } from '../../adapters/terminal/chat/ask.ts';
import { jsonScreen } from '../../adapters/terminal/json-screen.ts';
import { checkedReach, createReach, reaching } from '../../adapters/terminal/reach.ts';
import {
  type RedisFlags,
  type WishFlags,
  wishOfFlags,
  withCacheOn,
  withPlace,
} from '../../src/cli/cache-flags.ts';
import { controlPath, readConfig } from '../../src/config/places.ts';
import { openOstler } from '../../src/main.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { CacheStats } from '../../src/stats/cache-stats.ts';
import { fakeStream } from '../adapters/terminal/fakes.ts';

type Flags = WishFlags & RedisFlags & { readonly cacheBackend?: 'none' | 'sqlite' | 'redis' };

const nothing = () => {};
const SILENT: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const never = new AbortController().signal;

/** What commands do, within this process: for what a test needs besides the command that it is about. */
export function inProcess(path: string) {
  async function reachOf({ cacheBackend: backend, cache, ...redis }: Flags) {
    const config = await readConfig(path);
    const placed = withPlace(config, { ...redis, backend });
    const own = () => openOstler(cache ? withCacheOn(placed) : placed, { logger: SILENT, fronts: false });
    return checkedReach(createReach(controlPath(config), own), async (reached) => {
      if (reached.own) await awaitTier(reached);
    });
  }

  return {
    /** The bot, until the test is over. */
    async runBot(): Promise<void> {
      const bot = await openOstler(await readConfig(path), { logger: SILENT, fronts: true });
      onTestFinished(() => bot.close());
    },
    async ask(flags: Flags = {}, text = 'hello', model?: string): Promise<Record<string, unknown>> {
      const stdout = fakeStream();
      const cache = wishOfFlags(flags);
      const asked = { text, images: [], cache, decide: undefined, ...(model !== undefined && { model }) };
      await ask(asked, await reachOf(flags), jsonScreen(stdout), never);
      return JSON.parse(stdout.written()) as Record<string, unknown>;
    },
    async stats(flags: Flags = {}): Promise<CacheStats> {
      return reaching(await reachOf(flags), (reached) => countedStats(reached, never));
    },
  };
}
