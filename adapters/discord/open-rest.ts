import { REST } from 'discord.js';

/** Whatever has a deadline of its own ends sooner. */
const LONGEST_MS = 60_000;

/** Discord's API at this address. Each request is sent once: what a refusal means is decided by who asked. */
export function openRest(token: string, url: string): REST {
  const options = { api: rootOf(url), retries: 0, rejectOnRateLimit: () => true, timeout: LONGEST_MS };
  return new REST(options).setToken(token);
}

/** The address without what it may end in. */
const rootOf = (url: string): string => url.replace(/\/+$/, '');
