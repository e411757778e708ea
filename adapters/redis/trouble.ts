import { OstlerError } from '../../src/errors.ts';

type Advice = { readonly sign: RegExp; readonly what: string; readonly hint: string };

const refusals: readonly Advice[] = [
  {
    sign: /WRONGPASS|invalid password|invalid username/i,
    what: 'refused the password',
    hint: 'Check user and password in redis.url.',
  },
  {
    sign: /NOAUTH/,
    what: 'wants a password',
    hint: 'Put it into redis.url: redis://:PASSWORD@host:6379.',
  },
  { sign: /NOPERM/, what: 'refused a command', hint: 'Give the user in redis.url all commands on its keys.' },
  {
    sign: /ENOTFOUND|EAI_AGAIN/,
    what: 'was not found under that name',
    hint: 'Check the host in redis.url.',
  },
  {
    sign: /ERR DB index|invalid DB/i,
    what: 'has no such database',
    hint: 'Check the number at the end of redis.url.',
  },
];

const passing: readonly Advice[] = [
  {
    sign: /OOM command/,
    what: 'has no memory left',
    hint: 'Raise maxmemory in the configuration of Redis, or give the cache a Redis of its own.',
  },
  {
    sign: /MISCONF|READONLY/,
    what: 'does not take writes',
    hint: 'Look at the log of Redis: its disk may be full, or redis.url names a replica.',
  },
  { sign: /LOADING/, what: 'is still loading its data', hint: 'Wait until it has loaded.' },
];

/** An error of a Redis client as one that says what to do. `url` is shown without its password. */
export function redisError(error: unknown, url: string): OstlerError {
  if (error instanceof OstlerError) return error;
  const text = error instanceof Error ? `${error.message} ${causes(error)}` : String(error);
  const where = withoutPassword(url);
  const refusal = refusals.find(({ sign }) => sign.test(text));
  const known = refusal ?? passing.find(({ sign }) => sign.test(text));
  if (!known && error instanceof Error && error.name === 'ReplyError') {
    const hint = `It said: ${error.message}`;
    return new OstlerError(`Redis at ${where} refused a command.`, { code: 'storage', hint, cause: error });
  }
  return new OstlerError(`Redis at ${where} ${known?.what ?? 'does not answer'}.`, {
    code: 'storage',
    hint: known?.hint ?? 'Check that Redis runs there and that redis.url in the configuration names it.',
    cause: error,
    retryable: !refusal,
  });
}

export function withoutPassword(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return 'redis.url';
  }
}

/** Happy-eyeballs connections fail with several errors in one. */
function causes(error: Error): string {
  return error instanceof AggregateError ? error.errors.map(String).join(' ') : '';
}
