import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { tryToWrite } from '../adapters/disk/try-to-write.ts';
import { openConnection } from '../adapters/ollama/connection.ts';
import { ollamaServer } from '../adapters/ollama/server.ts';
import { openDatabase } from '../adapters/sqlite/open-database.ts';
import { takeOwnership } from '../adapters/sqlite/owner-lock.ts';
import { openLogger } from '../adapters/system/logger.ts';
import { ask, EXIT, type Reached } from '../adapters/terminal/ask.ts';
import { createClient, inProcessCall, socketCall } from '../adapters/terminal/client.ts';
import { jsonScreen } from '../adapters/terminal/json-screen.ts';
import { readImage } from '../adapters/terminal/read-image.ts';
import { textScreen } from '../adapters/terminal/screen.ts';
import packageJson from '../package.json' with { type: 'json' };
import {
  checkInstallation,
  type Finding,
  failedCheck,
  type RedisFacts,
  type TelegramFacts,
} from './check.ts';
import type { Config } from './config/schema.ts';
import type { Source } from './config/watch-config.ts';
import { OstlerError } from './errors.ts';
import {
  controlPath,
  dataFolder,
  explain,
  findConfig,
  makeFolder,
  openOstler,
  readConfig,
  serve,
} from './main.ts';

/** Two processes that start at the same moment: one becomes the bot, the other finds it a moment later. */
const REACH_ATTEMPTS = 20;
const REACH_PAUSE_MS = 100;
/** So long a bot waits at its start for a question of the terminal to end. */
const TAKEOVER_LIMIT_MS = 60_000;
/** So long a question waits for its bot to come back before it does the whole way by itself. */
const RETURN_LIMIT_MS = 15_000;

type AskOptions = {
  readonly config?: string;
  readonly model?: string;
  readonly chat?: string;
  readonly image: readonly string[];
  readonly timeout?: number;
  readonly json?: true;
};

const program = new Command('ostler')
  .description(packageJson.description)
  .version(packageJson.version)
  .configureHelp({ showGlobalOptions: true })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT.usage));

program
  .command('start')
  .description('run the bot: the web page, the queue and the models')
  .option('--config <file>', 'configuration (default: OSTLER_CONFIG, else config/ostler.yaml)')
  .action(async ({ config }: { config?: string }) => {
    process.exit(await startBot(await findConfig(config)));
  });

program
  .command('ask')
  .description('ask a question; the answer goes to stdout, everything else to stderr')
  .argument('<question>', 'the question, or - to read it from stdin')
  .option('--model <name>', 'alias or tag of the model that shall answer')
  .option(
    '--chat <name>',
    'continue the conversation of this name; left out: the question stands alone',
    chatName,
  )
  .option('--image <file>', 'a picture to go with it; may be repeated', collect, [])
  .option('--timeout <seconds>', 'stop the question if it is not answered by then', positive)
  .option('--json', 'print one object: answer, model, rule, source, seconds; or error')
  .option('--config <file>', 'configuration (default: OSTLER_CONFIG, else config/ostler.yaml)')
  .addHelpText(
    'after',
    '\nExit codes: 0 answered, 1 not answered, 2 wrong usage or configuration, 3 Ollama cannot be reached,' +
      '\n4 stopped or out of time, 130 interrupted.',
  )
  .action(async (question: string, options: AskOptions) => {
    process.exitCode = await runAsk(question, options);
  });

program
  .command('check')
  .description('print the configuration as it is understood and test every connection')
  .option('--config <file>', 'configuration (default: OSTLER_CONFIG, else config/ostler.yaml)')
  .action(async ({ config }: { config?: string }) => {
    process.exitCode = await runCheck(await readConfig(config));
  });

async function runCheck(config: Config): Promise<number> {
  const connection = openConnection(config.llm.base_url);
  try {
    const outside = {
      server: ollamaServer(connection),
      checkData: () => checkData(config),
      ...(config.redis.url !== '' && { askRedis: () => askRedis(config) }),
      ...(config.telegram.token !== '' && { askTelegram: () => askTelegram(config) }),
    };
    const well = await checkInstallation(config, outside, (text) => process.stdout.write(text));
    return well ? EXIT.answered : EXIT.failed;
  } finally {
    await connection.close();
  }
}

async function checkData(config: Config): Promise<Finding> {
  const folder = dataFolder(config);
  const { call, close } = socketCall(controlPath(config));
  const status = await createClient(call)
    .status()
    .catch(() => undefined);
  await close();
  if (!status) return tryFolder(folder);
  const { running, waiting } = status;
  try {
    await tryToWrite(folder);
    return { ok: true, text: `A bot runs on ${folder}: ${running} answering, ${waiting} waiting` };
  } catch (error) {
    return failedCheck(error);
  }
}

async function tryFolder(folder: string): Promise<Finding> {
  try {
    await makeFolder(folder);
    await tryToWrite(folder);
    const ownership = takeOwnership(folder);
    try {
      openDatabase(join(folder, 'ostler.db')).close();
    } finally {
      ownership.release();
    }
    return { ok: true, text: `${folder} is ready; no bot runs on it` };
  } catch (error) {
    return failedCheck(error);
  }
}

async function askRedis({ redis }: Config): Promise<RedisFacts> {
  const { connectRedis } = await import('../adapters/redis/connect.ts');
  const { inspectRedis } = await import('../adapters/redis/inspect.ts');
  const connection = await connectRedis(redis);
  return inspectRedis(connection).finally(connection.close);
}

async function askTelegram({ telegram }: Config): Promise<TelegramFacts> {
  const { inspectTelegram } = await import('../adapters/telegram/inspect.ts');
  return inspectTelegram(telegram.token, telegram.api_url);
}

/** Runs the bot, as soon as a question of the terminal that uses its folder is answered. */
async function startBot(source: Source): Promise<number> {
  const config = await source.load();
  const givesUpAt = performance.now() + TAKEOVER_LIMIT_MS;
  for (let waits = false; ; waits = true) {
    try {
      return await serve(config, source);
    } catch (error) {
      const busy = error instanceof OstlerError && error.code === 'already_running';
      if (!busy || performance.now() > givesUpAt || !(await isPassing(config))) throw error;
      if (!waits)
        process.stderr.write('ostler: a question of the terminal is being answered here; waiting for it\n');
      await pause(REACH_PAUSE_MS);
    }
  }
}

/** Whether who uses the folder will be gone soon, or is. */
async function isPassing(config: Config): Promise<boolean> {
  const { call, close } = socketCall(controlPath(config));
  try {
    return (await createClient(call).status()).passing === true;
  } catch {
    return true;
  } finally {
    await close();
  }
}

async function runAsk(question: string, options: AskOptions): Promise<number> {
  const config = await readConfig(options.config);
  const text = (question === '-' ? await readInput() : question).trim();
  const images = await Promise.all(options.image.map(readImage));
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interrupted.abort();
      process.once(signal, () => process.exit(EXIT.interrupted));
    });
  }
  if (text === '' && images.length === 0) {
    throw new OstlerError('There is no question.', {
      code: 'bad_input',
      hint: 'Write it in quotes, or - to read it.',
    });
  }
  const screen = options.json ? jsonScreen(process.stdout) : textScreen(process.stdout, process.stderr);
  const asked = {
    text,
    images,
    ...(options.model !== undefined && { model: options.model }),
    ...(options.chat !== undefined && { chat: options.chat }),
    ...(options.timeout !== undefined && { timeoutSeconds: options.timeout }),
  };
  let comesBack = false;
  const find = async () => {
    const reached = await reach(config, comesBack ? performance.now() + RETURN_LIMIT_MS : 0);
    comesBack = reached.comesBack;
    return reached;
  };
  return ask(asked, find, screen, interrupted.signal);
}

/** The bot that runs on this data folder, else, but not before `aloneFrom`, one for this question only. */
async function reach(config: Config, aloneFrom: number): Promise<Reached & { comesBack: boolean }> {
  for (let attempt = 1; ; ) {
    const { call, close } = socketCall(controlPath(config));
    const client = createClient(call);
    const status = await client.status().catch(() => undefined);
    // What another question of the terminal runs for itself ends with it.
    if (status) return { client, own: false, close, comesBack: !status.passing };
    await close();
    if (performance.now() < aloneFrom) {
      await pause(REACH_PAUSE_MS);
      continue;
    }
    try {
      const logger = await openLogger({ ...config.log, level: 'error' }, process.stderr);
      const ostler = await openOstler(config, { logger, fronts: false });
      const client = createClient(inProcessCall(ostler.handle));
      return { client, own: true, close: ostler.close, comesBack: false };
    } catch (error) {
      const busy =
        error instanceof OstlerError && error.code === 'already_running' && attempt < REACH_ATTEMPTS;
      if (!busy) throw error;
      attempt += 1;
      await pause(REACH_PAUSE_MS);
    }
  }
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

function chatName(value: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(value)) {
    throw new InvalidArgumentError('It may hold 1 to 64 letters, digits, _ and -.');
  }
  return value;
}

function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError('It must be a number of seconds above 0.');
  return number;
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
  process.exitCode = explain(error);
}
