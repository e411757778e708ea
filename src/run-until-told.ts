import type { Reloaded } from './chat/front.ts';
import type { Logger } from './ports/logger.ts';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** A bot that runs. */
export type Running = {
  /** Where the page is, if it is on. */
  readonly url: string | undefined;
  /** The chat platforms that are on. */
  readonly platforms: readonly string[];
  /** Whether anybody can be served on a chat platform. */
  isAnybodyNamed(): Promise<boolean>;
  /** Reads the configuration anew and puts it in force. Throws a ConfigError: then what was in force stays. */
  reread(): Promise<Reloaded>;
  /** Takes nothing new, finishes or requeues what runs, closes everything. */
  close(): Promise<void>;
};

type Around = {
  readonly logger: Logger;
  readonly version: string;
  /** Its data folder. */
  readonly data: string;
  /** All platforms that could be on. */
  readonly known: readonly string[];
  /** Whether a SIGHUP reads the configuration anew; else it ends the process, as usual. */
  readonly rereads: boolean;
};

/** Says in the log that it runs and how, until a signal ends it. The second signal ends it at once. Returns the exit code. */
export async function runUntilTold(bot: Running, around: Around): Promise<number> {
  const { logger, version, data, known, rereads } = around;
  const { url, platforms } = bot;
  // Before anybody is told that it is ready.
  const told = new Promise<string>((tell) => {
    for (const name of SIGNALS) process.once(name, tell);
  });
  logger.info({ version, data, ...(url && { url }) }, 'Ostler is ready');
  if (!url) logger.warn({}, 'the web page is off (web.enabled)');
  for (const name of known)
    if (!platforms.includes(name)) logger.info({}, `${name} is off (${name}.token is empty)`);
  if (platforms.length > 0 && !(await bot.isAnybodyNamed()))
    logger.warn(
      {},
      'nobody is served on a chat platform yet: write to the bot, it gives you a code for npx ostler approve CODE',
    );
  // What is refused is told in the log.
  if (rereads) process.on('SIGHUP', () => void bot.reread().catch(() => {}));

  const signal = await told;
  for (const name of SIGNALS) process.on(name, () => process.exit(1));
  logger.info({ signal }, 'stopping: what runs may finish, a second signal ends at once');
  await bot.close();
  logger.info({}, 'stopped');
  return 0;
}
