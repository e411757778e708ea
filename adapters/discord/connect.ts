import { type GatewayDispatchPayload, GatewayIntentBits, type REST, Routes } from 'discord.js';
import { OstlerError, toFailure } from '../../src/errors.ts';
import type { Connection, ConnectionState } from '../../src/ports/chat.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { pause } from '../../src/within.ts';
import { isTokenRefused, understand } from './api-errors.ts';
import { TOKEN_REFUSED } from './fatal.ts';
import { type Gateway, openGateway } from './gateway.ts';
import { aBot } from './payloads.ts';

const FIRST_MS = 1_000;
const MOST_MS = 60_000;

export type Bot = { readonly id: string; readonly username: string };

/** What becomes of what happens on Discord. */
export type Handlers = {
  /** A new session began: what happened before is not told by itself. */
  ready(): void;
  dispatch(payload: GatewayDispatchPayload): void;
  /** What is being taken is finished. */
  close(): Promise<void>;
};

type Needs = {
  readonly rest: REST;
  readonly token: string;
  /** Whether it reads messages that do not mention it. */
  readonly readsAll: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Once it is known who the bot is. Throws where that must be tried again. */
  readonly handlersFor: (bot: Bot, signal: AbortSignal) => Promise<Handlers>;
};

/** What happens on Discord reaches the handlers from now on, as soon as it can be reached. */
export function connect({ rest, token, readsAll, clock, logger, handlersFor }: Needs): Connection {
  const ends = new AbortController();
  const { signal } = ends;
  let handlers: Handlers | undefined;
  let gateway: Gateway | undefined;
  let isFatal = false;
  let state: ConnectionState = 'connecting';

  function giveUp(hint: string): void {
    if (isFatal) return;
    isFatal = true;
    state = 'refused';
    logger.error({ hint }, 'Discord does not take this bot');
  }

  function open(taking: Handlers): Gateway {
    return openGateway({
      rest,
      token,
      intents: intentsOf(readsAll),
      clock,
      logger,
      onReady: taking.ready,
      onDispatch: taking.dispatch,
      onState(next) {
        if (!isFatal) state = next;
      },
      onFatal: giveUp,
    });
  }

  async function begin(): Promise<void> {
    if (!handlers) {
      const bot = aBot.parse(await rest.get(Routes.user('@me'), { signal }));
      handlers = await handlersFor(bot, signal);
    }
    signal.throwIfAborted();
    gateway ??= open(handlers);
    await gateway.connect();
  }

  async function run(): Promise<void> {
    for (let attempt = 0; !signal.aborted && !isFatal; attempt += 1) {
      try {
        return await begin();
      } catch (error) {
        if (signal.aborted) return;
        if (isTokenRefused(error)) return giveUp(TOKEN_REFUSED);
        state = 'away';
        if (attempt === 0) logger.warn({ ...whyNot(error) }, 'Discord is not connected; trying again');
        await pause({ clock, ms: Math.min(FIRST_MS * 2 ** attempt, MOST_MS), signal });
      }
    }
  }

  void run();
  return {
    state: () => state,
    async close() {
      ends.abort();
      await gateway?.close();
      await handlers?.close();
    },
  };
}

function intentsOf(readsAll: boolean): number {
  const { Guilds, GuildMessages, DirectMessages, MessageContent } = GatewayIntentBits;
  const { GuildMessageTyping, DirectMessageTyping } = GatewayIntentBits;
  const open = Guilds | GuildMessages | DirectMessages | GuildMessageTyping | DirectMessageTyping;
  return open | (readsAll ? MessageContent : 0);
}

/** What the library throws may hold addresses. */
function whyNot(error: unknown) {
  if (error instanceof OstlerError) return toFailure(error);
  const trouble = understand(error);
  return trouble.kind === 'failed' ? toFailure(trouble.error) : { code: 'busy' };
}
