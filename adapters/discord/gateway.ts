import { CloseCodes, type SessionInfo, WebSocketManager, WebSocketShardEvents } from '@discordjs/ws';
import type { GatewayCloseCodes, GatewayDispatchPayload, REST } from 'discord.js';
import { toFailure } from '../../src/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { pause, within } from '../../src/within.ts';
import { GATEWAY_FATAL } from './fatal.ts';

const FIRST_MS = 1_000;
const MOST_MS = 60_000;
/** Discord takes an IDENTIFY every 5 s, and 1,000 a day. */
const IDENTIFY_FIRST_MS = 5_000;
const IDENTIFY_MOST_MS = 120_000;
/** A session that lived so long was a good one. */
const GOOD_MS = 10 * 60_000;
const HANDSHAKE_MS = 10_000;
const CLOSE_MS = 1_000;
/** Whoever ends a session that is just beginning makes the library begin another. */
const SETTLE_MS = 500;

type Needs = {
  readonly rest: REST;
  readonly token: string;
  readonly intents: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onDispatch: (payload: GatewayDispatchPayload) => void;
  /** A new session began: what happened before is not told. */
  readonly onReady: () => void;
  /** Whether it is connected, with each change. */
  readonly onState: (state: 'ready' | 'away') => void;
  /** Discord refuses the bot, and will again. */
  readonly onFatal: (hint: string) => void;
};

export type Gateway = {
  /** From then on it stays connected. Throws what the library throws where that cannot begin yet. */
  connect(): Promise<void>;
  close(): Promise<void>;
};

/**
 * The connection to the gateway: identifying, heartbeats and resuming are the library's, the pauses between its
 * attempts are ours. https://docs.discord.com/developers/events/gateway
 */
export function openGateway(needs: Needs): Gateway {
  const { rest, token, intents, clock, logger, onDispatch, onReady, onState, onFatal } = needs;
  const ends = new AbortController();
  const { signal } = ends;
  let session: SessionInfo | null = null;
  /** Attempts since the last session that began or went on. */
  let failures = 0;
  let hasBegun = false;
  let isAway = false;
  let isOpen = false;
  /** Resolves once the session has begun, or the connection has ended. */
  let settled = Promise.withResolvers<void>();
  let identifies = 0;
  let identifiedAt = Number.NEGATIVE_INFINITY;

  const manager = new WebSocketManager({
    rest,
    token,
    intents,
    shardCount: 1,
    handshakeTimeout: HANDSHAKE_MS,
    buildIdentifyThrottler: () => ({ waitForIdentify }),
    retrieveSessionInfo: async () => {
      hasBegun = true;
      if (isAway) await beforeConnecting();
      // Whoever is closed connects no more.
      if (signal.aborted) await new Promise(() => {});
      return session;
    },
    updateSessionInfo: (_, info) => {
      session = info;
    },
  });

  /** The library asks for the session before it connects anew, which is where it can be made to wait. */
  async function beforeConnecting(): Promise<void> {
    const ms = failures <= 1 ? 0 : Math.min(FIRST_MS * 2 ** (failures - 2), MOST_MS);
    await pause({ clock, ms, signal });
    isAway = false;
  }

  async function waitForIdentify(_: number, until: AbortSignal): Promise<void> {
    if (clock.now() - identifiedAt > GOOD_MS) identifies = 0;
    const ms = identifies === 0 ? 0 : Math.min(IDENTIFY_FIRST_MS * 2 ** (identifies - 1), IDENTIFY_MOST_MS);
    await pause({ clock, ms, signal: until });
    until.throwIfAborted();
    identifies += 1;
    identifiedAt = clock.now();
  }

  async function destroy(): Promise<void> {
    await within({ clock, ms: CLOSE_MS }, async () => manager.destroy()).catch(() => {});
  }

  function isBack(): void {
    if (failures > 0) logger.info({}, 'Discord is connected again');
    failures = 0;
    isAway = false;
    settled.resolve();
    onState('ready');
  }

  manager.on(WebSocketShardEvents.Hello, () => {
    isOpen = true;
    settled = Promise.withResolvers();
    if (signal.aborted) void destroy();
  });
  manager.on(WebSocketShardEvents.Ready, () => {
    isBack();
    onReady();
  });
  manager.on(WebSocketShardEvents.Resumed, isBack);
  manager.on(WebSocketShardEvents.Dispatch, ({ data }) => {
    try {
      onDispatch(data);
    } catch (error) {
      logger.error({ event: data.t, ...toFailure(error) }, 'what Discord tells could not be handled');
    }
  });
  manager.on(WebSocketShardEvents.Closed, ({ code }) => {
    isOpen = false;
    settled.resolve();
    isAway = true;
    failures += 1;
    if (signal.aborted) return;
    onState('away');
    const hint = GATEWAY_FATAL[code as GatewayCloseCodes];
    if (hint !== undefined) onFatal(hint);
    else if (failures === 1 && code !== CloseCodes.Resuming)
      logger.warn({ code }, 'the connection to Discord is lost; connecting again');
  });
  // What it says may hold an address; that the connection closed is told above.
  manager.on(WebSocketShardEvents.Error, () => {});

  return {
    async connect() {
      try {
        await manager.connect();
      } catch (error) {
        // From then on it connects by itself.
        if (!hasBegun) throw error;
      }
    },
    async close() {
      ends.abort();
      // One that is not open yet cannot be closed: it is as soon as it opens.
      if (!isOpen) return;
      await within({ clock, ms: SETTLE_MS }, () => settled.promise).catch(() => {});
      await destroy();
    },
  };
}
