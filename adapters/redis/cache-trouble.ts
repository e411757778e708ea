import { OstlerError } from '../../src/errors.ts';
import { redisError, withoutPassword } from './trouble.ts';

/** Begins what Redis answers instead of doing something; what happens to a connection is said in other words. */
const REPLY = /^[A-Z]+ /;

/** Redis has memory left, and it is not for the cache. */
export class Crowded extends Error {}

export function isReply(error: unknown): error is Error {
  return error instanceof Error && REPLY.test(error.message);
}

/** What stands in the way, in one sentence. */
export function whatIsWrong(error: unknown, url: string): string {
  if (!(error instanceof Crowded)) return redisError(error, url).message;
  return `Redis at ${withoutPassword(url)} is nearly full: the cache leaves the rest of its memory to others.`;
}

/** What Redis said to one command, if it said anything. */
export function refusedCommand(error: unknown, url: string): OstlerError | undefined {
  if (!isReply(error)) return undefined;
  return new OstlerError(`Redis at ${withoutPassword(url)} refused a command of the cache.`, {
    code: 'storage',
    hint: `It said: ${error.message}`,
    cause: error,
  });
}

export function foreignValue(url: string, namespace: string): OstlerError {
  return new OstlerError(`Redis at ${withoutPassword(url)} has a value that the cache has not written.`, {
    code: 'storage',
    hint: `Something else writes keys that begin with ${namespace}: – give it, or Ostler, another prefix.`,
  });
}
