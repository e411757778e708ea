import { join } from 'node:path';
import { openAudit } from '../adapters/disk/audit.ts';
import { openFiles } from '../adapters/disk/files.ts';
import { makeFolder } from '../adapters/disk/make-folder.ts';
import { openConnection } from '../adapters/ollama/connection.ts';
import { ollamaGenerate } from '../adapters/ollama/generate.ts';
import { ollamaServer } from '../adapters/ollama/server.ts';
import { takeOwnership } from '../adapters/sqlite/owner-lock.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { openLogger } from '../adapters/system/logger.ts';
import { createWebApp } from '../adapters/web/app.ts';
import { serveControl } from '../adapters/web/control.ts';
import { serveWeb } from '../adapters/web/serve.ts';
import packageJson from '../package.json' with { type: 'json' };
import { type Current, keepCurrent } from './config/keep-current.ts';
import { controlPath, dataFolder } from './config/places.ts';
import type { Config } from './config/schema.ts';
import type { Source } from './config/watch-config.ts';
import { openCacheTier } from './connect/open-cache-tier.ts';
import { openStorage } from './connect/open-storage.ts';
import { PLATFORMS } from './connect/platforms.ts';
import { thisMachine } from './connect/this-machine.ts';
import { OstlerError, toFailure } from './errors.ts';
import { type House, openHouse } from './house.ts';
import type { ChatPlatform, Connection, ConnectionState, KnownPlatform } from './ports/chat.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { Ports } from './ports/ports.ts';
import { type Running, runUntilTold } from './run-until-told.ts';

/** base64 makes a picture a third larger; the rest is text and JSON. */
const BODY_BYTES = (files: Config['files']) => files.max_mb * 1e6 * 1.4 + 1e6;

type Options = {
  readonly logger: Logger;
  /** The fronts besides the control socket. */
  readonly fronts: boolean;
  readonly platforms?: readonly KnownPlatform[];
  /** What tells of the machine that Ollama runs on; left out: this one is looked at, if it runs here. */
  readonly machine?: Pick<Ports, 'gpu' | 'hostMemory' | 'stageFile'>;
  /** Left out: the time of this machine. */
  readonly clock?: Clock;
  /** Where the configuration comes from: changes take effect while it runs. */
  readonly source?: Source | undefined;
};

export type Ostler = House &
  Running & {
    /** Handles a request as the control socket does. */
    readonly handle: (request: Request) => Response | Promise<Response>;
  };

/** Starts everything and serves. Throws an OstlerError that says what to do. */
export async function openOstler(atStart: Config, options: Options): Promise<Ostler> {
  const { logger, fronts, platforms = PLATFORMS, source } = options;
  const { clock = systemClock } = options;
  let config = atStart;
  let watching: Current | undefined;
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
    const server = ollamaServer(connection);
    const audit = openAudit(folder, config.audit, { clock, logger });
    opened.push(audit.close);
    const around = { store: storage.store, clock, logger };
    const on = new Map<string, ChatPlatform>();
    for (const { name, open } of fronts ? platforms : []) {
      const platform = await open(() => config, around);
      if (platform) on.set(name, platform);
    }
    const chats = Object.fromEntries([...on].map(([name, { chat }]) => [name, chat]));
    const reread = async () => {
      if (watching) return watching.read();
      throw new OstlerError('No bot runs here whose configuration could be read anew.', {
        code: 'bad_input',
        hint: 'Whatever starts reads the configuration as it is then.',
      });
    };
    const cacheTier = await openCacheTier(config, { folder, store: storage.store, logger });
    if (cacheTier) opened.push(cacheTier.close);
    const house = await openHouse(
      config,
      {
        ...storage,
        server,
        generate: ollamaGenerate(connection),
        ...(options.machine ?? thisMachine(config, server)),
        files: await openFiles(join(folder, 'files'), {
          maxBytes: config.files.max_mb * 1e6,
          quotaBytes: config.files.quota_mb * 1e6,
        }),
        audit,
        cacheTier,
        chats,
        platforms: platforms.map(({ name }) => name),
        reread,
        clock,
        logger,
        passing: !fronts,
        // One question of the terminal must not wait for what a bot left behind: that stays in the queue, as
        // does what came from a platform that is off now.
        serves: ({ message: { address } }) =>
          address.platform === 'terminal' ||
          (fronts && (address.platform === 'web' || on.has(address.platform))),
      },
      packageJson.version,
    );
    closeHouse = house.close;

    const { front } = house;
    const onError = (error: unknown) => logger.error({ error: String(error) }, 'a request failed');
    const connections = new Map<string, Connection>();
    const forWeb = {
      maxBodyBytes: BODY_BYTES(config.files),
      onError,
      connections: (): Readonly<Record<string, ConnectionState>> => ({
        ...(fronts && config.web.enabled && { web: 'ready' }),
        ...Object.fromEntries(
          [...on.keys()].map((name) => [name, connections.get(name)?.state() ?? 'connecting']),
        ),
      }),
    };
    const control = createWebApp(front, { ...forWeb, trusted: true });
    const socket = await serveControl(control, controlPath(config));
    opened.push(socket.close);
    let url: string | undefined;
    if (fronts && config.web.enabled) {
      const web = await serveWeb(createWebApp(front, { ...forWeb, key: config.web.key }), config.web);
      opened.push(web.close);
      url = web.url;
    }
    for (const [name, platform] of on) {
      const connection = await platform.listen(front);
      connections.set(name, connection);
      opened.push(connection.close);
    }
    const reload = (next: Config) => {
      config = next;
      house.reload(next);
    };
    if (source) {
      const current = keepCurrent(source, config, { clock, logger, apply: reload });
      watching = current;
      opened.push(current.close);
    }
    return {
      front,
      handle: (request) => control.fetch(request),
      url,
      platforms: [...on.keys()],
      isAnybodyNamed: house.isAnybodyNamed,
      reread,
      reload,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Runs the bot until it is told to stop. The second signal ends it at once. Where it is told the source of its
 * configuration, changes take effect while it runs. Returns the exit code.
 */
export async function serve(config: Config, source?: Source): Promise<number> {
  const logger = await openLogger(config.log, process.stdout);
  const ostler = await openOstler(config, { logger, fronts: true, source });
  return runUntilTold(ostler, {
    logger,
    version: packageJson.version,
    data: dataFolder(config),
    known: PLATFORMS.map(({ name }) => name),
    rereads: source !== undefined,
  });
}
