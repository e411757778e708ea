import { pino } from 'pino';
import type { Config } from '../../src/config/schema.ts';
import type { Logger } from '../../src/ports/logger.ts';

type Output = Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;

/** pino: pretty on a terminal, JSON otherwise. */
export async function openLogger(config: Config['log'], output: Output): Promise<Logger> {
  const options = {
    level: config.level,
    base: null,
    // For people and for tools that know nothing of pino's numbers.
    formatters: { level: (level: string) => ({ level }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  const plain = config.format === 'json' || (config.format === 'auto' && !output.isTTY);
  const logger = pino(options, plain ? output : await prettyStream(output));
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}

/** Loaded only where somebody looks. */
async function prettyStream(output: Output) {
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({ colorize: output.isTTY, translateTime: 'SYS:HH:MM:ss' });
  return { write: (line: string) => output.write(pretty(line)) };
}
