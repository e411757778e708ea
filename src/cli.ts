import { Command, CommanderError } from 'commander';
import { openLogger } from '../adapters/system/logger.ts';
import { awaitTier } from '../adapters/terminal/cache/await-tier.ts';
import { cacheCommands } from '../adapters/terminal/cache/commands.ts';
import { ask } from '../adapters/terminal/chat/ask.ts';
import { give } from '../adapters/terminal/chat/give.ts';
import { talk } from '../adapters/terminal/chat/talk.ts';
import { whoeverSitsAt } from '../adapters/terminal/decide.ts';
import { EXIT } from '../adapters/terminal/exit.ts';
import { jsonScreen } from '../adapters/terminal/json-screen.ts';
import { checkedReach, createReach, statusAt } from '../adapters/terminal/reach.ts';
import { readImage } from '../adapters/terminal/read-image.ts';
import { textScreen } from '../adapters/terminal/screen.ts';
import packageJson from '../package.json' with { type: 'json' };
import { addAsk } from './cli/ask.ts';
import { addCache } from './cli/cache.ts';
import {
  overruled,
  type ReachOptions,
  requireSameRedis,
  wishOfFlags,
  withCacheOn,
  withPlace,
} from './cli/cache-flags.ts';
import { endProcess } from './cli/end.ts';
import { interruption } from './cli/interruption.ts';
import { CHAT, CONFIG_FLAGS, CONFIG_WORDS, chatName } from './cli/options.ts';
import { startBot } from './cli/start-bot.ts';
import { addTable } from './cli/table.ts';
import { controlPath, findConfig, readConfig } from './config/places.ts';
import type { Config } from './config/schema.ts';
import { runCheck } from './connect/run-check.ts';
import { explain } from './explain.ts';
import { openOstler, serve } from './main.ts';

const program = new Command('ostler')
  .description(packageJson.description)
  .version(packageJson.version)
  .configureHelp({ showGlobalOptions: true })
  .exitOverride();

program
  .command('start')
  .description('run the bot: the web page, the queue and the models')
  .option(CONFIG_FLAGS, CONFIG_WORDS)
  .action(async ({ config: flag }: { config?: string }) => {
    const source = await findConfig(flag);
    const config = await source.load();
    const code = await startBot({
      serve: () => serve(config, source),
      status: () => statusAt(controlPath(config)),
      tell: (words) => void process.stderr.write(`ostler: ${words}\n`),
    });
    endProcess(code);
  });

addAsk(program, async (text, { image, timeout, config: flag, cache, cacheBackend, ...options }) => {
  const config = await readConfig(flag);
  const backend = cacheBackend === 'memory' ? 'none' : cacheBackend;
  const own = () => {
    const placed = withPlace(config, { ...options, backend });
    return cache ? withCacheOn(placed) : placed;
  };
  const choice = { ...(cache !== undefined && { cache }), ...(cacheBackend && { cacheBackend }) };
  const found = reachOf(config, { ...options, own });
  const reach = checkedReach(found, async (reached) => {
    if (reached.own) await awaitTier(reached);
    tellOnce(await overruled(reached, choice));
  });
  const asked = {
    ...options,
    text,
    images: await Promise.all(image.map(readImage)),
    ...(timeout !== undefined && { timeoutSeconds: timeout }),
    cache: wishOfFlags({ ...options, ...(cache !== undefined && { cache }) }),
    decide: options.json ? undefined : whoeverSitsAt(process),
  };
  process.exitCode = await ask(asked, reach, screenOf(options), interruption());
});

program
  .command('chat')
  .description('talk: each line is a question or a /command; Ctrl-C stops an answer, Ctrl-D leaves')
  .argument('[name]', 'the conversation that is continued', chatName, CHAT)
  .option(CONFIG_FLAGS, CONFIG_WORDS)
  .action(async (chat: string, { config }: { config?: string }) => {
    const prompt = process.stdin.isTTY && process.stderr.isTTY ? process.stderr : undefined;
    const reach = reachOf(await readConfig(config));
    const shown = { chat, input: process.stdin, prompt, reach, openScreen: () => screenOf({}) };
    process.exitCode = await talk(shown, interruption());
  });

program
  .command('check')
  .description('print the configuration as it is understood and test every connection')
  .option(CONFIG_FLAGS, CONFIG_WORDS)
  .action(async ({ config }: { config?: string }) => {
    const well = await runCheck(await readConfig(config), (text) => process.stdout.write(text));
    process.exitCode = well ? EXIT.answered : EXIT.failed;
  });

addCache(program, cacheCommands({ reachOf, screenOf, leaving: interruption }));

addTable(program, async ({ config, ...given }) => {
  const reach = reachOf(await readConfig(config));
  const decide = given.json ? undefined : whoeverSitsAt(process);
  process.exitCode = await give({ ...given, decide }, reach, screenOf(given), interruption());
});

/** The bot that runs on this data folder, else one within this process, by the configuration that `own` returns. */
function reachOf(config: Config, { own = () => config, ...redis }: ReachOptions = {}) {
  const reach = createReach(controlPath(config), async () => {
    const logger = await openLogger({ ...config.log, level: 'error' }, process.stderr);
    return openOstler(own(), { logger, fronts: false });
  });
  return checkedReach(reach, (reached) => requireSameRedis(reached, config, redis));
}

const told = new Set<string>();
function tellOnce(words: string | undefined): void {
  if (words === undefined || told.has(words)) return;
  told.add(words);
  process.stderr.write(`ostler: ${words}\n`);
}

function screenOf({ json }: { readonly json?: true }) {
  return json ? jsonScreen(process.stdout) : textScreen(process.stdout, process.stderr);
}

// Whoever reads our answer may stop reading (head) or have no room for it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE')
    process.stderr.write(`ostler: the answer cannot be written: ${error.message}\n`);
  process.exit(EXIT.failed);
});

try {
  await program.parseAsync();
} catch (error) {
  // It has said what is wrong, or what was asked for.
  if (error instanceof CommanderError) endProcess(error.exitCode === 0 ? 0 : EXIT.usage);
  else endProcess(explain(error));
}
