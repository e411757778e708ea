import { Api } from 'grammy';

/** grammY's types know only the signals of a package that Node has long made needless. */
export type ApiSignal = NonNullable<Parameters<Api['getMe']>[0]>;

/** Whatever has a deadline of its own ends sooner. */
const LONGEST_SECONDS = 60;

/**
 * The Bot API at this address. Node's own fetch notices when a connection breaks in the middle of an answer;
 * the one that grammY brings waits on.
 */
export function openApi(token: string, url: string): Api {
  const through: unknown = (url: string, init: Init = {}) => fetch(url, plainInit(init));
  return new Api(token, { apiRoot: rootOf(url), timeoutSeconds: LONGEST_SECONDS, fetch: through as Fetch });
}

/** The address without what it may end in. */
export const rootOf = (url: string): string => url.replace(/\/+$/, '');

type Fetch = NonNullable<NonNullable<ConstructorParameters<typeof Api>[1]>['fetch']>;
type Init = NonNullable<Parameters<Fetch>[1]>;

/** grammY's signals are not those that Node's fetch takes. */
function plainInit({ method, headers, body, signal }: Init): RequestInit {
  const ends = new AbortController();
  const stop = () => ends.abort();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  return { ...(method && { method }), headers, body, signal: ends.signal } as RequestInit;
}
