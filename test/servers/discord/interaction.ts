import type { ChatMessage } from './message.ts';
import { permissionsIn } from './permissions.ts';
import { renderChannel, renderMember, renderMessage } from './render.ts';
import type { ChannelState, UserState } from './state.ts';
import type { Window } from './window.ts';
import type { Json } from './wire.ts';
import type { World } from './world.ts';

export const COMMAND = 2;
export const COMPONENT = 3;
export const AUTOCOMPLETE = 4;
export const SUBMIT = 5;

/** https://docs.discord.com/developers/interactions/receiving-and-responding */
export const ANSWER_WITHIN_MS = 3_000;
export const TOKEN_LIVES_MS = 15 * 60_000;
const LARGEST_ATTACHMENT_BYTES = 10 * 1024 ** 2;

export type Choice = { readonly name: string; readonly value: string | number };

export type NewInteraction = {
  readonly type: typeof COMMAND | typeof COMPONENT | typeof AUTOCOMPLETE | typeof SUBMIT;
  readonly person: UserState;
  readonly channel: ChannelState;
  readonly data: Json;
  /** The message of the component. */
  readonly message?: ChatMessage;
};

export type InteractionState = NewInteraction & {
  readonly id: string;
  readonly token: string;
  readonly createdAtMs: number;
  /** The callback's type, once there is one. */
  callback: number | undefined;
  /** What `@original` stands for. */
  original: string | undefined;
  /** Everything that the bot wrote with its token. */
  readonly messages: string[];
  choices: readonly Choice[] | undefined;
  window: Window | undefined;
};

/** The person's view of what they asked for. */
export type Interaction = {
  readonly id: string;
  readonly channel: string;
  readonly token: string;
  /** `failed`: "The application did not respond". */
  state(): 'waiting' | 'thinking' | 'answered' | 'failed';
  /** What the bot wrote for it and the person still sees. */
  messages(): readonly ChatMessage[];
  /** The first of them, or the message that a button changed. */
  reply(): ChatMessage | undefined;
  /** The window that opened before the person. */
  window(): Window | undefined;
  /** Resolves with the callback's type. */
  readonly acknowledged: Promise<number>;
};

/** INTERACTION_CREATE: https://docs.discord.com/developers/events/gateway-events#interaction-create */
export function renderInteraction(world: World, state: InteractionState): Json {
  const { id, token, type, person, channel, data, message } = state;
  const { guild } = channel;
  const { user, locale } = person;
  const member = guild?.members.get(user.id);
  const permissions = String(permissionsIn(channel, user.id));
  return {
    id,
    application_id: world.bot.id,
    type,
    data,
    token,
    version: 1,
    channel_id: channel.id,
    channel: { ...renderChannel(channel), permissions },
    ...(guild && {
      guild_id: guild.id,
      guild: { id: guild.id, features: [], locale: 'en-US' },
      guild_locale: 'en-US',
    }),
    ...(member ? { member: { ...renderMember(member), permissions } } : { user }),
    ...(message && { message: renderMessage(world, message, true) }),
    app_permissions: String(permissionsIn(channel, world.bot.id)),
    locale,
    entitlements: [],
    authorizing_integration_owners: { 0: guild?.id ?? '0' },
    context: guild ? 0 : 1,
    attachment_size_limit: LARGEST_ATTACHMENT_BYTES,
  };
}

export function viewInteraction(
  world: World,
  state: InteractionState,
  acknowledged: Promise<number>,
): Interaction {
  const { channel } = state;
  const find = (id: string | undefined) => (id === undefined ? undefined : channel.messages.get(id));
  return {
    id: state.id,
    channel: channel.id,
    token: state.token,
    acknowledged,
    reply: () => find(state.original),
    window: () => state.window,
    messages: () => state.messages.flatMap((id) => find(id) ?? []),
    state() {
      const ageMs = world.time.now() - state.createdAtMs;
      if (state.callback === undefined) return ageMs > ANSWER_WITHIN_MS ? 'failed' : 'waiting';
      if (!find(state.original)?.loading) return 'answered';
      return ageMs > TOKEN_LIVES_MS ? 'failed' : 'thinking';
    },
  };
}
