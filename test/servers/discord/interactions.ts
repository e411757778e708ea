import { bodyOf, type Call, type Route } from './call.ts';
import { EPHEMERAL } from './check-message.ts';
import { checkEachChoice } from './command.ts';
import { readChange, readNew } from './compose.ts';
import { refuse } from './errors.ts';
import type { Events } from './events.ts';
import { createForm, wrongField } from './form.ts';
import {
  ANSWER_WITHIN_MS,
  AUTOCOMPLETE,
  COMMAND,
  COMPONENT,
  type Interaction,
  type InteractionState,
  type NewInteraction,
  renderInteraction,
  SUBMIT,
  TOKEN_LIVES_MS,
  viewInteraction,
} from './interaction.ts';
import { LOADING, type NewMessage } from './make-message.ts';
import type { ChatMessage, Origin } from './message.ts';
import { renderMessage } from './render.ts';
import { readWindow } from './window.ts';
import { isObject, type Json, objectsIn } from './wire.ts';
import type { World } from './world.ts';

/** https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-interaction-callback-type */
const MESSAGE = 4;
const DEFERRED_MESSAGE = 5;
const DEFERRED_UPDATE = 6;
const UPDATE = 7;
const CHOICES = 8;
const WINDOW = 9;
const ALLOWED: Readonly<Record<number, readonly number[]>> = {
  [COMMAND]: [MESSAGE, DEFERRED_MESSAGE, WINDOW],
  [COMPONENT]: [MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, WINDOW],
  [SUBMIT]: [MESSAGE, DEFERRED_MESSAGE],
  [AUTOCOMPLETE]: [CHOICES],
};
const MOST_CHOICES = 25;
const SLASH_ANSWER = 20;
const MENU_ANSWER = 23;

export type Interactions = {
  readonly route: Route;
  /** Tells the bot, and returns what the person sees of it. */
  begin(wanted: NewInteraction): { readonly state: InteractionState; readonly view: Interaction };
  /** Those whose token still opens something, for the webhook's routes. Throws a 401. */
  byToken(token: string): InteractionState;
  /** Writes a message in the interaction's name. */
  write(state: InteractionState, content: NewMessage, ephemeral: boolean): ChatMessage;
};

export function createInteractions(world: World, events: Events): Interactions {
  const byToken = new Map<string, InteractionState>();
  const waiting = new Map<string, (callback: number) => void>();
  const ageOf = ({ createdAtMs }: InteractionState) => world.time.now() - createdAtMs;

  const write: Interactions['write'] = (state, content, ephemeral) => {
    const first = state.original === undefined ? undefined : state.channel.messages.get(state.original);
    const flags = (content.flags ?? 0) | (ephemeral ? EPHEMERAL : 0);
    const fresh = first === undefined && (state.type === COMMAND || state.type === SUBMIT);
    const replyTo = first ?? state.message;
    const origin = originOf(state);
    const type = fresh ? (state.data.type === 3 ? MENU_ANSWER : SLASH_ANSWER) : 19;
    const message = world.post(state.channel, {
      ...content,
      flags,
      origin,
      type,
      ...(!fresh && { replyTo }),
    });
    state.messages.push(message.id);
    state.original ??= message.id;
    return message;
  };

  /** Returns the message that was written or changed. */
  const act = (state: InteractionState, type: number, data: Json, call: Call): ChatMessage | undefined => {
    const ephemeral = (Number(data.flags ?? 0) & EPHEMERAL) !== 0;
    if (type === MESSAGE) return write(state, readNew(world, data, call, 'data'), ephemeral);
    if (type === DEFERRED_MESSAGE)
      return write(state, { from: world.bot, text: '', flags: LOADING }, ephemeral);
    if (type === CHOICES) {
      state.choices = readChoices(data);
      return undefined;
    }
    if (type === WINDOW) {
      state.window = readWindow(data);
      return undefined;
    }
    const message = state.message && state.channel.messages.get(state.message.id);
    if (!message) throw refuse('unknownMessage');
    state.original = message.id;
    if (type === DEFERRED_UPDATE) return message;
    return world.edit(state.channel, message, readChange(world, message, data, call, 'data'));
  };

  const answer = (call: Call): unknown => {
    const state = byToken.get(call.param('token'));
    if (!state || state.id !== call.param('interaction')) throw refuse('unknownInteraction');
    const body = bodyOf(call);
    const type = Number(body.type);
    const allowed = ALLOWED[state.type] ?? [];
    if (!allowed.includes(type)) {
      throw wrongField('type', 'BASE_TYPE_CHOICES', `Value must be one of {${allowed.join(', ')}}.`);
    }
    if (state.callback !== undefined) throw refuse('alreadyAcknowledged');
    if (ageOf(state) > ANSWER_WITHIN_MS) throw refuse('unknownInteraction');
    const message = act(state, type, isObject(body.data) ? body.data : {}, call);
    state.callback = type;
    waiting.get(state.id)?.(type);
    waiting.delete(state.id);
    events.emit({ type: 'callback', interaction: state.id, callback: type });
    if (call.query.with_response !== 'true') return undefined;
    return renderAnswer(world, state, message);
  };

  return {
    route: {
      method: 'POST',
      path: '/interactions/:interaction/:token/callback',
      needsBot: false,
      handle: answer,
    },
    begin(wanted) {
      const id = world.time.snowflake();
      const state: InteractionState = {
        ...wanted,
        id,
        token: `token-of-${id}`,
        createdAtMs: world.time.now(),
        callback: undefined,
        original: undefined,
        messages: [],
        choices: undefined,
        window: undefined,
      };
      byToken.set(state.token, state);
      const { promise, resolve } = Promise.withResolvers<number>();
      waiting.set(id, resolve);
      world.tell({ name: 'INTERACTION_CREATE', intent: 0, data: () => renderInteraction(world, state) });
      return { state, view: viewInteraction(world, state, promise) };
    },
    byToken(token) {
      const state = byToken.get(token);
      if (!state || ageOf(state) > TOKEN_LIVES_MS) throw refuse('invalidWebhookToken');
      return state;
    },
    write,
  };
}

function originOf(state: InteractionState): Origin {
  const { id, type, person, data, message } = state;
  const name = typeof data.name === 'string' ? data.name : undefined;
  return { interaction: id, type, person: person.user.id, name, message: message?.id };
}

function readChoices(data: Json) {
  const form = createForm();
  if (form.list('data.choices', data.choices, MOST_CHOICES)) {
    checkEachChoice(form, 'data.choices', data.choices);
  }
  form.end();
  return objectsIn(data.choices).map(({ name, value }) => ({
    name: String(name),
    value: typeof value === 'number' ? value : String(value),
  }));
}

function renderAnswer(world: World, state: InteractionState, message: ChatMessage | undefined): Json {
  return {
    interaction: {
      id: state.id,
      type: state.type,
      ...(message && {
        response_message_id: message.id,
        response_message_loading: message.loading,
        response_message_ephemeral: message.visibleTo !== undefined,
      }),
    },
    resource: {
      type: state.callback,
      ...(message && { message: renderMessage(world, message, true) }),
    },
  };
}
