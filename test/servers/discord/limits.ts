import { createHash } from 'node:crypto';
import { DiscordError } from './errors.ts';

/** https://docs.discord.com/developers/topics/rate-limits; the numbers of a route are not promised by Discord. */
const ALL: Size = { requests: 50, windowMs: 1_000 };
const OTHERS: Size = { requests: 50, windowMs: 1_000 };
const SIZES: Readonly<Record<string, Size>> = {
  'POST /channels/:channel/messages': { requests: 5, windowMs: 5_000 },
  'PATCH /channels/:channel/messages/:message': { requests: 5, windowMs: 5_000 },
  'DELETE /channels/:channel/messages/:message': { requests: 5, windowMs: 1_000 },
  'POST /channels/:channel/typing': { requests: 5, windowMs: 5_000 },
  'PUT /channels/:channel/messages/:message/reactions/:emoji/@me': { requests: 1, windowMs: 250 },
  'POST /webhooks/:application/:token': { requests: 5, windowMs: 2_000 },
  'PATCH /webhooks/:application/:token/messages/:message': { requests: 5, windowMs: 2_000 },
};

type Size = { readonly requests: number; readonly windowMs: number };
type Window = { left: number; endsAtMs: number };

type Asked = {
  readonly method: string;
  readonly route: string;
  /** The channel, guild or webhook: each has a bucket of its own. */
  readonly major: string;
  /** Interactions and webhooks are outside the limit of all. */
  readonly needsBot: boolean;
};

export type Limits = {
  /** Takes one request, and returns the headers that say what is left. Throws a 429. */
  spend(asked: Asked): Readonly<Record<string, string>>;
};

type Parts = {
  readonly on: boolean;
  readonly now: () => number;
  readonly wall: () => number;
  readonly refused: (route: string, retryAfterSeconds: number, global: boolean) => void;
};

/** Off, it refuses nobody and sends no headers. */
export function createLimits({ on, now, wall, refused }: Parts): Limits {
  const windows = new Map<string, Window>();
  const windowOf = (key: string, { requests, windowMs }: Size): Window => {
    const known = windows.get(key);
    if (known && now() < known.endsAtMs) return known;
    const fresh = { left: requests, endsAtMs: now() + windowMs };
    windows.set(key, fresh);
    return fresh;
  };
  const headersOf = (bucket: string, { requests }: Size, { left, endsAtMs }: Window) => {
    const afterMs = Math.max(0, endsAtMs - now());
    return {
      'x-ratelimit-limit': String(requests),
      'x-ratelimit-remaining': String(left),
      'x-ratelimit-reset': ((wall() + afterMs) / 1_000).toFixed(3),
      'x-ratelimit-reset-after': (afterMs / 1_000).toFixed(3),
      'x-ratelimit-bucket': bucket,
    };
  };
  const tooMany = (route: string, { endsAtMs }: Window, headers: Readonly<Record<string, string>>) => {
    const seconds = Number(((endsAtMs - now()) / 1_000).toFixed(3));
    const global = headers['x-ratelimit-global'] === 'true';
    refused(route, seconds, global);
    return new DiscordError(
      [429, 0, 'You are being rate limited.'],
      { retry_after: seconds, global },
      {
        ...headers,
        'retry-after': String(Math.ceil(seconds)),
        'x-ratelimit-scope': global ? 'global' : 'user',
      },
    );
  };
  return {
    spend({ method, route, major, needsBot }) {
      if (!on) return {};
      const all = windowOf('all', ALL);
      const name = `${method} ${route}`;
      if (needsBot && all.left <= 0) throw tooMany(name, all, { 'x-ratelimit-global': 'true' });
      const size = SIZES[name] ?? OTHERS;
      const window = windowOf(`${name} ${major}`, size);
      const bucket = createHash('md5').update(name).digest('hex');
      if (window.left <= 0) throw tooMany(name, window, headersOf(bucket, size, window));
      if (needsBot) all.left -= 1;
      window.left -= 1;
      return headersOf(bucket, size, window);
    },
  };
}
