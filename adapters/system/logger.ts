import { pino } from 'pino';
import type { Config } from '../../src/config/schema.ts';
import type { Logger } from '../../src/ports/logger.ts';

/** pino: pretty on a terminal, JSON otherwise. */
export async function openLogger(config: Config['log'], output: NodeJS.WriteStream): Promise<Logger> {
  const options = { level: config.level, base: null };
  const plain = config.format === 'json' || (config.format === 'auto' && !output.isTTY);
  const logger = plain ? pino(options, output) : pino(options, await prettyStream(output));
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}

/** Loaded only where somebody looks. */
async function prettyStream(output: NodeJS.WriteStream) {
  const { default: pretty } = await import('pino-pretty');
  return pretty({ destination: output, colorize: output.isTTY, translateTime: 'SYS:HH:MM:ss' });
}
