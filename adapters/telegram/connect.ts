import { type Api, GrammyError } from 'grammy';
import { type Failure, OstlerError, toFailure } from '../../src/errors.ts';
import type { Connection, ConnectionState } from '../../src/ports/chat.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { pause } from '../../src/within.ts';
import { understand, unreachable } from './api-errors.ts';
import { publishMenu } from './menu.ts';
import type { ApiSignal } from './open-api.ts';
import { pollUpdates } from './poll.ts';
import { backOffMs, type PollState } from './poll-trouble.ts';
import type { BotIdentity } from './read-text.ts';
import { registerWebhook } from './register-webhook.ts';
import type { HandleUpdate } from './take-update.ts';
import { serveWebhook } from './webhook.ts';

/** Pauses while Telegram does not take our webhook. */
const REGISTER = { firstMs: 1_000, mostMs: 60_000, random: Math.random };
const STATE_OF: Readonly<Record<PollState, ConnectionState>> = {
  polling: 'ready',
  away: 'away',
  conflict: 'refused',
  revoked: 'refused',
};

/** Where Telegram sends updates; polled where `url` is empty. */
export type Webhook = {
  readonly url: string;
  readonly secret: string;
  readonly host: string;
  readonly port: number;
};

type Needs = {
  readonly clock: Clock;
  readonly logger: Logger;
  /** What handles updates, once it is known who the bot is. */
  readonly handlerFor: (bot: BotIdentity) => HandleUpdate;
};

/** Updates reach the handler from now on, as soon as Telegram can be reached. */
export async function connect(
  api: Api,
  webhook: Webhook,
  { clock, logger, handlerFor }: Needs,
): Promise<Connection> {
  const ends = new AbortController();
  const { signal } = ends;
  let introduction: Promise<HandleUpdate> | undefined;
  let state: ConnectionState = 'connecting';

  async function meet(until: ApiSignal): Promise<HandleUpdate> {
    const me = await api.getMe(until);
    await publishMenu(api, until).catch(leaveOut);
    logger.info({ bot: me.username }, webhook.url === '' ? 'polling Telegram' : 'waiting for Telegram');
    return handlerFor({ id: me.id, username: me.username });
  }

  /** Once, however many updates are posted meanwhile; after a failure anew. */
  function introduce(until: ApiSignal): Promise<HandleUpdate> {
    introduction ??= meet(until);
    introduction.catch(() => {
      introduction = undefined;
    });
    return introduction;
  }

  /** Without the list of commands everything works: whoever refuses it holds up nobody. */
  function leaveOut(error: unknown): void {
    if (!(error instanceof GrammyError) || (error.error_code !== 400 && error.error_code !== 403))
      throw error;
    logger.warn({ ...whyNot(error) }, 'Telegram does not take the list of commands');
  }

  const handle: HandleUpdate = async (update) => {
    const take = await introduce(signal as ApiSignal).catch(() => {
      // The reason may name the token.
      const details = {
        code: 'unreachable',
        hint: 'Telegram does not say who we are.',
        retryable: true,
      } as const;
      throw new OstlerError('Updates cannot be taken yet.', details);
    });
    return take(update);
  };

  async function register(): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await introduce(signal as ApiSignal);
        await registerWebhook(api, webhook, signal as ApiSignal);
        if (attempt > 1) logger.info({}, 'the webhook is set');
        state = 'ready';
        return;
      } catch (error) {
        if (signal.aborted) return;
        state = 'away';
        if (attempt === 1) logger.error({ ...whyNot(error) }, 'the webhook is not set; trying again');
        await pause({ clock, ms: backOffMs(attempt, REGISTER), signal });
      }
    }
  }

  if (webhook.url !== '') {
    const server = await serveWebhook(handle, { ...webhook, path: '*', logger });
    const registered = register();
    return {
      state: () => state,
      async close() {
        ends.abort();
        await server.close();
        await registered;
      },
    };
  }

  const polling = pollUpdates({
    fetchUpdates: async (parameters, until) => {
      await introduce(until);
      return api.getUpdates(parameters, until);
    },
    dropWebhook: (until) => api.deleteWebhook({}, until),
    handle,
    clock,
    logger,
    onState(next) {
      state = STATE_OF[next];
    },
    signal,
  });
  return {
    state: () => state,
    async close() {
      ends.abort();
      await polling;
    },
  };
}

/** What grammY throws says little to people. */
function whyNot(error: unknown): Failure {
  if (error instanceof OstlerError) return toFailure(error);
  const trouble = understand(error);
  return toFailure(trouble.kind === 'failed' ? trouble.error : unreachable('It asks for a pause.'));
}
