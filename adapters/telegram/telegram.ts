import type { Front } from '../../src/chat/front.ts';
import type { Chat } from '../../src/ports/chat.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Store } from '../../src/ports/store.ts';
import { createBudget } from './budget.ts';
import { createCalls } from './calls.ts';
import { type Connection, connect } from './connect.ts';
import { createEdits } from './edits.ts';
import { fetchFile } from './fetch-file.ts';
import { createHandler } from './handler.ts';
import { openApi, rootOf } from './open-api.ts';
import { createReply } from './reply.ts';
import { within } from './within.ts';

/** The end of the process may wait so long for Telegram. */
const LEAVE_MS = 2_000;

export type TelegramOptions = {
  readonly token: string;
  readonly api_url: string;
  /** Polled where `url` is empty. */
  readonly webhook: {
    readonly url: string;
    readonly secret: string;
    readonly host: string;
    readonly port: number;
  };
  /** Asked for with every update and reply: it may change. */
  readonly current: () => {
    readonly streaming: 'edit' | 'draft' | 'off';
    /** Numeric ids of the people who are served. */
    readonly users: readonly string[];
  };
};

export type Surroundings = { readonly store: Store; readonly clock: Clock; readonly logger: Logger };

export type Telegram = {
  readonly chat: Chat;
  /** Takes updates from now on. Throws `bad_config` where its webhook cannot listen. */
  listen(front: Front): Promise<Connection>;
};

/** The bot on Telegram; nothing is asked of Telegram before there is a reason to. */
export function openTelegram(options: TelegramOptions, { store, clock, logger }: Surroundings): Telegram {
  const { token, api_url, current } = options;
  const isServed = (id: string) => current().users.includes(id);
  const api = openApi(token, api_url);
  const calls = createCalls({ api, budget: createBudget(clock), clock, logger });
  const edits = createEdits({ calls, store, logger });
  const replies = new Map<string, ReturnType<typeof createReply>>();

  return {
    chat: {
      openReply(job) {
        const known = replies.get(job.id);
        if (known) return known;
        const reply = createReply(job, { calls, store, clock, logger, streaming: current().streaming });
        const whole: typeof reply = {
          ...reply,
          async finish(exchange, cursor, signal) {
            await reply.finish(exchange, cursor, signal);
            replies.delete(job.id);
            await edits.offer(job.message.address, job.id);
          },
        };
        replies.set(job.id, whole);
        return whole;
      },
      fetchFile: (file, signal) => fetchFile(api, `${rootOf(api_url)}/file/bot${token}`, file, signal),
    },

    async listen(front) {
      const connection = await connect(api, options.webhook, {
        clock,
        logger,
        handlerFor: (bot) => createHandler({ front, api, bot, calls, edits, store, clock, logger, isServed }),
      });
      return {
        async close() {
          await connection.close();
          const left = () => Promise.all([...replies.values()].map((reply) => reply.leave()));
          // What is still under way then may be shown twice: nothing is lost.
          await within({ clock, ms: LEAVE_MS }, left).catch(() => {});
        },
      };
    },
  };
}
