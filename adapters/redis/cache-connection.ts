import { setTimeout as pause } from 'node:timers/promises';
import KeyvRedis, { createClient, Keyv } from '@keyv/redis';
import { readKept, writeKept } from '../../src/cache/kept-value.ts';
import { answerWithin, Silence } from './cache-deadline.ts';
import { redisError } from './trouble.ts';

/** So many operations in a row without an answer, and the connection is given up. */
const SILENCES = 3;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 400;
/** A wrong password stays wrong until somebody changes it. */
const REFUSED_RETRY_MS = 5_000;

/** One connection, from its making to its loss. */
export type Link = {
  readonly client: ReturnType<typeof makeClient>;
  /** Keyv over the same connection. Throws what the client throws. */
  readonly keyv: Keyv<string>;
};

type Connects = {
  readonly url: string;
  /** Of every key, without the colon that follows it. */
  readonly namespace: string;
  /** For the first answer of a new connection. */
  readonly connectMs: number;
  /** For every later one. */
  readonly operationMs: number;
  /** What is asked of a new connection before anybody else may use it. */
  readonly greet: (link: Link) => Promise<unknown>;
};

type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'up' }
  /** It gives no answer, and is asked whether it lives. */
  | { readonly kind: 'silent'; readonly error: unknown }
  | { readonly kind: 'lost'; readonly error: unknown };

export type CacheConnection = {
  state(): ConnectionState;
  /** What `work` makes of Redis within its time. Rejects at once where nothing would answer. */
  call<T>(work: (link: Link) => Promise<T>): Promise<T>;
  close(): void;
};

/**
 * A connection that is made in the background and comes back by itself. After one operation without an answer
 * nobody waits for it any more: it is asked behind their backs, and made anew if it stays silent.
 */
export function connectCache(connects: Connects, onState: () => void): CacheConnection {
  const { url, connectMs, operationMs } = connects;
  const closing = new AbortController();
  let state: ConnectionState = { kind: 'connecting' };
  let live: Opened | undefined;
  /** It let an operation wait for too long. */
  let doubted: Opened | undefined;

  function become(next: ConnectionState): void {
    state = next;
    if (!closing.signal.aborted) onState();
  }

  async function keepConnected(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; failures += 1) {
      const { error, wasUp } = await liveOnce();
      if (wasUp) failures = 0;
      become({ kind: 'lost', error });
      await rest(retryMs(failures, redisError(error, url).retryable), closing.signal);
    }
  }

  /** One connection, from its making to its loss. */
  async function liveOnce(): Promise<{ readonly error: unknown; readonly wasUp: boolean }> {
    let opened: Opened | undefined;
    const drop = () => opened?.drop();
    closing.signal.addEventListener('abort', drop);
    try {
      opened = open(connects);
      await answerWithin(Promise.race([opened.connect(), opened.lost.then(fail)]), connectMs);
      live = opened;
      become({ kind: 'up' });
      return { error: await opened.lost, wasUp: true };
    } catch (error) {
      return { error, wasUp: false };
    } finally {
      live = undefined;
      drop();
      closing.signal.removeEventListener('abort', drop);
    }
  }

  async function doubt(opened: Opened): Promise<void> {
    if (doubted === opened || live !== opened) return;
    doubted = opened;
    for (let silences = 1; silences < SILENCES; silences += 1) {
      const error = await silenceOf(opened.link, operationMs);
      if (live !== opened || !opened.link.client.isReady) return;
      if (error === undefined) {
        doubted = undefined;
        if (state.kind === 'silent') become({ kind: 'up' });
        return;
      }
      if (state.kind === 'up') become({ kind: 'silent', error });
    }
    opened.drop();
  }

  void keepConnected();
  return {
    state: () => state,
    async call(work) {
      const opened = live;
      if (!opened?.link.client.isReady || doubted === opened || closing.signal.aborted)
        throw new Error('not connected');
      try {
        return await answerWithin(work(opened.link), operationMs);
      } catch (error) {
        if (error instanceof Silence) void doubt(opened);
        throw error;
      }
    },
    close: () => closing.abort(),
  };
}

type Opened = {
  readonly link: Link;
  /** Resolves once Redis answers as it should. */
  readonly connect: () => Promise<unknown>;
  /** Resolves with the reason. */
  readonly lost: Promise<unknown>;
  /** Ends the connection, however far it has come. */
  readonly drop: () => void;
};

function open({ url, namespace, connectMs, greet }: Connects): Opened {
  const ending = new AbortController();
  const lost = Promise.withResolvers<unknown>();
  const client = makeClient(url, connectMs, ending.signal);
  client.on('error', lost.resolve);
  const adapter = new KeyvRedis<string>(client, { namespace, keyPrefixSeparator: ':', throwOnErrors: true });
  // Keyv sets the adapter's namespace to its own, and must not put it before the key a second time.
  const keyv = new Keyv<string>(adapter, {
    namespace,
    useKeyPrefix: false,
    throwOnErrors: true,
    serialize: writeKept,
    deserialize: readKept,
  });
  // Told to whoever asked.
  keyv.on('error', () => undefined);

  const link = { client, keyv };
  return {
    link,
    lost: lost.promise,
    async connect() {
      await client.connect();
      await greet(link);
    },
    drop() {
      lost.resolve(new Error('given up'));
      ending.abort();
    },
  };
}

/** A client for one connection: whether and when there is a next one is not its business. */
function makeClient(url: string, connectMs: number, signal: AbortSignal) {
  return createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: connectMs, reconnectStrategy: false, signal },
  });
}

/** Why a connection does not answer; undefined where it does, whatever it says. */
async function silenceOf({ client }: Link, ms: number): Promise<unknown> {
  try {
    await answerWithin(client.ping(), ms);
    return undefined;
  } catch (error) {
    return error instanceof Silence ? error : undefined;
  }
}

function fail(error: unknown): never {
  throw error;
}

function retryMs(failures: number, mayPass: boolean): number {
  return mayPass ? Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS) : REFUSED_RETRY_MS;
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return pause(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
