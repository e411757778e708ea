import { InvalidArgumentError } from 'commander';
import { MOST_TTL_SECONDS } from '../cache/cacheable.ts';

export const CONFIG_FLAGS = '--config <file>';
export const CONFIG_WORDS = 'configuration (default: OSTLER_CONFIG, else config/ostler.yaml)';
/** The conversation of the terminal where none is named. */
export const CHAT = 'terminal';

/** An option that may be repeated. */
export function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

export function chatName(value: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(value)) {
    throw new InvalidArgumentError('It may hold 1 to 64 letters, digits, _ and -.');
  }
  return value;
}

export function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError('It must be a number of seconds above 0.');
  return number;
}

/** Of an answer that is kept. */
export function lifeSeconds(value: string): number {
  const number = positive(value);
  if (number <= MOST_TTL_SECONDS) return number;
  throw new InvalidArgumentError(`It may be at most ${MOST_TTL_SECONDS}, which are 30 days.`);
}
