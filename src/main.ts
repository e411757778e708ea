import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { openFiles } from '../adapters/disk/files.ts';
import { openConnection } from '../adapters/ollama/connection.ts';
import { ollamaGenerate } from '../adapters/ollama/generate.ts';
import { ollamaServer } from '../adapters/ollama/server.ts';
import { openSqliteStorage } from '../adapters/sqlite/open-storage.ts';
import { takeOwnership } from '../adapters/sqlite/owner-lock.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { openLogger } from '../adapters/system/logger.ts';
import { createWebApp } from '../adapters/web/app.ts';
import { serveControl } from '../adapters/web/control.ts';
import { serveWeb } from '../adapters/web/serve.ts';
import packageJson from '../package.json' with { type: 'json' };
import type { Front } from './chat/front.ts';
import { configPath } from './config/config-path.ts';
import { readEnv } from './config/env.ts';
import { keepCurrent } from './config/keep-current.ts';
import { loadConfig } from './config/load.ts';
import { ConfigError, printMistakes } from './config/mistakes.ts';
import type { Config } from './config/schema.ts';
import type { Source } from './config/watch-config.ts';
import { OstlerError, toFailure } from './errors.ts';
import { openHouse } from './house.ts';
import type { Logger } from './ports/logger.ts';
import type { Storage } from './ports/storage.ts';
import type { Store } from './ports/store.ts';

/** Ostler's own folder: relative paths in the config and `.env` mean it. */
const ROOT = dirname(import.meta.dirname);
/** base64 makes a picture a third larger; the rest is text and JSON. */
const BODY_BYTES = (files: Config['files']) => files.max_mb * 1e6 * 1.4 + 1e6;

/** The configuration that `--config`, the environment or `.env` names. Throws ConfigError. */
export async function findConfig(flag: string | undefined): Promise<Source> {
  const path = configPath({ flag, env: await readEnv(ROOT, process.env), root: ROOT });
  return {
    files: [path, join(ROOT, '.env')],
    load: async () => (await loadConfig({ path, env: await readEnv(ROOT, process.env) })).config,
  };
}

export async function readConfig(flag: string | undefined): Promise<Config> {
  return (await findConfig(flag)).load();
}

export const dataFolder = (config: Config): string => resolve(ROOT, config.data_dir);
export const controlPath = (config: Config): string => join(dataFolder(config), 'control.sock');

type Options = {
  readonly logger: Logger;
  /** The fronts besides the control socket. */
  readonly fronts: boolean;
};

export type Ostler = {
  readonly front: Front;
  /** Handles a request as the control socket does. */
  readonly handle: (request: Request) => Response | Promise<Response>;
  /** Where the page is, if it is on. */
  readonly url: string | undefined;
  /** Everything that begins from now on goes by this configuration, except what a start opened. */
  reload(config: Config): void;
  /** Takes nothing new, finishes or requeues what runs, closes everything. */
  close(): Promise<void>;
};

/** Starts everything and serves. Throws an OstlerError that says what to do. */
export async function openOstler(atStart: Config, { logger, fronts }: Options): Promise<Ostler> {
  let config = atStart;
  const opened: (() => unknown)[] = [];
  let closeHouse = async () => {};
  const close = async () => {
    // The house first, so that the fronts can still show what finishes in time; each whatever the others do.
    for (const end of [closeHouse, ...opened.splice(0).reverse()]) {
      try {
        await end();
      } catch (error) {
        logger.warn({ ...toFailure(error) }, 'something could not be closed');
      }
    }
  };
  try {
    const folder = dataFolder(config);
    await makeFolder(folder);
    const ownership = takeOwnership(folder);
    opened.push(() => ownership.release());
    const storage = await openStorage(config, folder, logger);
    opened.push(storage.close);

    const connection = openConnection(config.llm.base_url);
    opened.push(connection.close);
    const telegram = fronts ? await openTelegramBot(() => config, storage.store, logger) : undefined;
    const chats = telegram ? { telegram: telegram.chat } : {};
    const house = await openHouse(
      config,
      {
        ...storage,
        server: ollamaServer(connection),
        generate: ollamaGenerate(connection),
        files: await openFiles(join(folder, 'files'), {
          maxBytes: config.files.max_mb * 1e6,
          quotaBytes: config.files.quota_mb * 1e6,
        }),
        chats,
        clock: systemClock,
        logger,
        passing: !fronts,
        // One question of the terminal must not wait for what a bot left behind: that stays in the queue, as
        // does what came from a platform that is off now.
        serves: ({ message: { address } }) =>
          address.platform === 'terminal' ||
          (fronts && (address.platform === 'web' || address.platform in chats)),
      },
      packageJson.version,
    );
    closeHouse = house.close;

    const { front } = house;
    const onError = (error: unknown) => logger.error({ error: String(error) }, 'a request failed');
    const forWeb = { maxBodyBytes: BODY_BYTES(config.files), onError };
    const control = createWebApp(front, { ...forWeb, trusted: true });
    const socket = await serveControl(control, controlPath(config));
    opened.push(socket.close);
    let url: string | undefined;
    if (fronts && config.web.enabled) {
      const web = await serveWeb(createWebApp(front, { ...forWeb, key: config.web.key }), config.web);
      opened.push(web.close);
      url = web.url;
    }
    if (telegram) opened.push((await telegram.listen(front)).close);
    const reload = (next: Config) => {
      config = next;
      house.reload(next);
    };
    return { front, handle: (request) => control.fetch(request), url, reload, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Nothing where no token is configured. */
async function openTelegramBot(config: () => Config, store: Store, logger: Logger) {
  const { telegram } = config();
  if (telegram.token === '') return undefined;
  const { openTelegram } = await import('../adapters/telegram/telegram.ts');
  const current = () => {
    const { telegram, access } = config();
    return { streaming: telegram.streaming, users: access.telegram.users.map(String) };
  };
  return openTelegram({ ...telegram, current }, { store, clock: systemClock, logger });
}

/** Throws `storage`. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new OstlerError(`The folder ${folder} cannot be made.`, {
      code: 'storage',
      hint: `Choose another data_dir, or make it writable (${cause instanceof Error ? cause.message : cause}).`,
      cause,
    });
  });
}

/** Files in the data folder, or Redis where the config names one. */
async function openStorage({ redis, llm }: Config, folder: string, logger: Logger): Promise<Storage> {
  const onError = (error: OstlerError) => logger.error({ code: error.code, hint: error.hint }, error.message);
  if (redis.url === '') return openSqliteStorage(folder, onError);
  const { openRedisStorage } = await import('../adapters/redis/open-storage.ts');
  return openRedisStorage(redis, { parallel: llm.parallel, onError, onLost: loseOwnership });
}

/** Two owners would answer twice. Everything is durable: the supervisor starts us again. */
function loseOwnership(): void {
  process.stderr.write('ostler: another Ostler took over this Redis; ending.\n');
  process.exit(1);
}

/** Prints why it cannot go on. Returns the exit code: 2 for what the operator wrote, 1 otherwise. */
export function explain(error: unknown): number {
  if (error instanceof ConfigError) {
    process.stderr.write(`${printMistakes(error.mistakes)}\n`);
    return 2;
  }
  if (!(error instanceof OstlerError)) throw error;
  process.stderr.write(`ostler: ${error.message}${error.hint === undefined ? '' : `\n  ${error.hint}`}\n`);
  return error.code === 'bad_config' || error.code === 'bad_input' ? 2 : 1;
}

/**
 * Runs the bot until it is told to stop. The second signal ends it at once. Where it is told the source of its
 * configuration, changes take effect while it runs. Returns the exit code.
 */
export async function serve(config: Config, source?: Source): Promise<number> {
  const logger = await openLogger(config.log, process.stdout);
  const ostler = await openOstler(config, { logger, fronts: true });
  // Before anybody is told that it is ready.
  const told = new Promise<string>((tell) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, tell);
  });
  const { url } = ostler;
  logger.info(
    { version: packageJson.version, data: dataFolder(config), ...(url && { url }) },
    'Ostler is ready',
  );
  if (!url) logger.warn({}, 'the web page is off (web.enabled)');
  if (config.telegram.token === '') logger.info({}, 'Telegram is off (telegram.token is empty)');
  else if (config.access.telegram.users.length === 0)
    logger.warn(
      {},
      'nobody is served on Telegram: write to the bot, it tells your id for access.telegram.users',
    );

  const watching =
    source && keepCurrent(source, config, { clock: systemClock, logger, apply: ostler.reload });
  if (watching) process.on('SIGHUP', () => void watching.read());

  const signal = await told;
  watching?.close();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => process.exit(1));
  logger.info({ signal }, 'stopping: what runs may finish, a second signal ends at once');
  await ostler.close();
  logger.info({}, 'stopped');
  return 0;
}
