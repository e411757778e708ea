import type { CachePart } from '../../../src/cache/response-cache.ts';
import type { CacheRuns } from '../../../src/cli/cache.ts';
import { type ReachOptions, type RedisFlags, withPlace } from '../../../src/cli/cache-flags.ts';
import { readConfig } from '../../../src/config/places.ts';
import type { Config } from '../../../src/config/schema.ts';
import { OstlerError } from '../../../src/errors.ts';
import { confirm } from '../confirm.ts';
import { checkedReach, type Reach } from '../reach.ts';
import type { Screen } from '../screen.ts';
import { awaitTier } from './await-tier.ts';
import { clearCache } from './clear.ts';
import { readQuestions } from './read-questions.ts';
import { showCacheStats } from './stats.ts';
import { warm } from './warm.ts';
import { jsonWarmView, textWarmView } from './warm-view.ts';

type Needs = {
  readonly reachOf: (config: Config, options?: ReachOptions) => Reach;
  readonly screenOf: (options: { readonly json?: true }) => Screen;
  /** Aborted where somebody leaves. */
  readonly leaving: () => AbortSignal;
};

/** What the commands of the cache do, at this process' own terminal. */
export function cacheCommands({ reachOf, screenOf, leaving }: Needs): CacheRuns {
  return {
    async stats({ config: flag, backend: part, json, ...redis }) {
      const config = await readConfig(flag);
      const reach = reachOf(config, { ...redis, own: () => placed(config, redis, part) });
      const form = json ? { json } : {};
      process.exitCode = await showCacheStats(
        { ...(part && { part }), ...form, print },
        reach,
        screenOf(form),
        leaving(),
      );
    },

    async clear({ config: flag, backend: part, confirm: asks, ...redis }) {
      if (asks && !process.stdin.isTTY) throw new OstlerError(...NOBODY_TO_ASK);
      const config = await readConfig(flag);
      const reach = reachOf(config, { ...redis, own: () => placed(config, redis, part) });
      const interrupted = leaving();
      const terminal = { input: process.stdin, output: process.stderr };
      const ask = (question: string) => confirm(question, terminal, interrupted);
      process.exitCode = await clearCache(
        { ...(part && { part }), confirm: asks ? ask : undefined, print },
        reach,
        screenOf({}),
        interrupted,
      );
    },

    async warm({ name, content }, { config: flag, json }) {
      const config = await readConfig(flag);
      const questions = readQuestions(name, content);
      const view = json ? jsonWarmView(process.stdout) : textWarmView(process.stdout, process.stderr);
      const { scope } = config.response_cache;
      if (scope === 'chat') throw new OstlerError(...FOR_NOBODY);
      if (scope === 'user') view.note(FOR_THE_TERMINAL);
      const screen = screenOf(json ? { json } : {});
      process.exitCode = await warm(
        questions,
        checkedReach(reachOf(config), awaitTier),
        view,
        screen,
        leaving(),
      );
    },
  };
}

const print = (text: string) => void process.stdout.write(text);

/** Memory is always there: it is no place that could be chosen. */
function placed(config: Config, redis: RedisFlags, part: CachePart | undefined): Config {
  return withPlace(config, { ...redis, backend: part === 'memory' ? undefined : part });
}

const NOBODY_TO_ASK = [
  'Nobody can be asked here whether the answers shall be removed.',
  { code: 'bad_input', hint: '--no-confirm removes them without a question.' },
] as const;
const FOR_THE_TERMINAL =
  'These answers are for questions of the terminal: response_cache.scope: shared gives them to everybody.';
const FOR_NOBODY = [
  'Each answer stays in its chat: what is asked ahead would be for nobody.',
  { code: 'bad_config', hint: 'Set response_cache.scope: shared, or user.' },
] as const;
