import { createTimedEvents } from '../../../demo/ollama/events.ts';
import { openPort } from '../../../demo/ollama/port.ts';
import { createFaults } from '../wire/faults.ts';
import { createRequestLog } from '../wire/request-log.ts';
import { createSurface, type Surface } from '../wire/surface.ts';
import type { Method } from './call.ts';
import { createCallbacks } from './callbacks.ts';
import { type Chat, createChat } from './chat.ts';
import { chatMethods } from './chat-methods.ts';
import { createCommands } from './command-methods.ts';
import { unauthorized } from './errors.ts';
import type { Asked, Events, ReceivedRequest, Refusal, TelegramEvent } from './events.ts';
import { type Fault, type Faults, fits } from './faults.ts';
import { createFiles } from './files.ts';
import { createGroups, type Groups } from './groups.ts';
import { createLimits } from './limits.ts';
import { messageMethods } from './message-methods.ts';
import { createPerson, type Person, type Stage } from './person.ts';
import { createPolling } from './polling.ts';
import { createRouter } from './router.ts';
import { createUpdates } from './updates.ts';
import { createWebhook } from './webhook.ts';
import type { WireUser } from './wire.ts';
import { createWorld } from './world.ts';

const HOST = '127.0.0.1';
const FIRST_PERSON_ID = 50_001;
const BOT: WireUser = { id: 1_000, is_bot: true, first_name: 'Ostler', username: 'ostler_bot' };

export type TelegramOptions = {
  readonly token?: string;
  /** `none`, the default: no 429s. */
  readonly limits?: 'real' | 'none';
  /** Monotonic milliseconds, for limits, drafts and all times that tests see. Polls wait in real time. */
  readonly now?: () => number;
  /** False: privacy mode, in groups the bot gets only what is meant for it. */
  readonly readsAll?: boolean;
  /** How many requests, and entries in a chat's history, are remembered. */
  readonly keepRecords?: number;
  /** How long after it was done a request is answered: the way back of a real network. 0, the default. */
  readonly answerAfterMs?: number;
};

type NewPerson = {
  readonly name: string;
  readonly username?: string;
  readonly id?: number;
  readonly language?: string;
};

export type Telegram = Groups &
  Surface<TelegramEvent, Fault> & {
    /** The `apiRoot`. */
    readonly url: string;
    readonly token: string;
    readonly bot: WireUser;
    person(person: NewPerson): Person;
    /** Puts anything in the place of an update, as it is. */
    push(update: unknown): void;
    /** In order of arrival. */
    requests(which?: { readonly method?: string; readonly chat?: number }): readonly ReceivedRequest[];
    /** The updates that the bot has not confirmed. */
    unconfirmed(): readonly unknown[];
    /** 1 while a getUpdates is held. */
    pollers(): number;
    /** The token is good no longer: 401 for everything. */
    revoke(): void;
    close(): Promise<void>;
  };

/** Starts a Telegram for tests: the Bot API on the wire, and the people who use it. */
export async function createTelegram(options: TelegramOptions = {}): Promise<Telegram> {
  const { token = '1000:nobody', limits: how = 'none', now = () => performance.now() } = options;
  const { readsAll = true, keepRecords = 100_000, answerAfterMs = 0 } = options;
  const events: Events = createTimedEvents('The Telegram of the tests', now);
  const faults: Faults = createFaults(fits);
  const files = createFiles();
  const updates = createUpdates(events);
  const log = createRequestLog<Asked, Refusal>({
    events,
    now,
    keep: keepRecords,
    none: { description: undefined },
  });
  const world = createWorld({ bot: BOT, events, now, keep: keepRecords });
  const limits = createLimits({
    on: how === 'real',
    now,
    refused: (chat, retryAfterSeconds) => events.emit({ type: 'refused', chat, retryAfterSeconds }),
  });
  const callbacks = createCallbacks(now, events);
  const commands = createCommands(world);
  const webhook = createWebhook(updates, events, () => polling.interrupt('setWebhook request'));
  const polling = createPolling({ updates, events, webhookActive: () => webhook.active() });
  const methods: Readonly<Record<string, Method>> = {
    getMe: () => aboutBot(readsAll),
    getUpdates: (call) => polling.getUpdates(call),
    setWebhook: webhook.set,
    deleteWebhook: webhook.remove,
    getWebhookInfo: webhook.info,
    getFile: ({ parameters }) => files.get(parameters.text('file_id')),
    ...messageMethods(world, limits),
    ...chatMethods(world),
    ...commands.methods,
    ...callbacks.methods,
  };
  let revoked = false;
  const handle = createRouter({
    token,
    isRevoked: () => revoked,
    methods,
    files,
    faults,
    log,
    answerAfterMs,
  });
  const door = await openPort({ port: 0, host: HOST, handle });

  const chats = new Map<number, Chat>();
  const stage: Stage = {
    world,
    updates,
    callbacks,
    commands,
    files,
    readsAll,
    chat(state) {
      const known = chats.get(state.id) ?? createChat(state, now, limits.refusals);
      chats.set(state.id, known);
      return known;
    },
  };

  return {
    ...createGroups(stage),
    ...createSurface(events, faults, door),
    url: `http://${HOST}:${door.port}`,
    token,
    bot: BOT,
    person({ name, username, language = 'en', id = FIRST_PERSON_ID + world.users.size }) {
      const base = { id, is_bot: false, first_name: name, language_code: language };
      const user: WireUser = username === undefined ? base : { ...base, username };
      world.users.set(id, user);
      return createPerson(stage, user);
    },
    push: updates.push,
    requests: ({ method, chat } = {}) =>
      log
        .all()
        .filter(
          (request) =>
            (method === undefined || request.method.toLowerCase() === method.toLowerCase()) &&
            (chat === undefined || request.chat === chat),
        ),
    unconfirmed: () => updates.all().map(({ update }) => update),
    pollers: polling.pollers,
    revoke() {
      revoked = true;
      polling.close(unauthorized());
    },
    async close() {
      webhook.close();
      polling.close();
      await door.shut();
    },
  };
}

/** getMe: https://core.telegram.org/bots/api#getme */
function aboutBot(readsAll: boolean): Readonly<Record<string, unknown>> {
  return {
    ...BOT,
    can_join_groups: true,
    can_read_all_group_messages: readsAll,
    supports_guest_queries: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    can_manage_bots: false,
    supports_join_request_queries: false,
  };
}
