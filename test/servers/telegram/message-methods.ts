import { checkBlocked, findChat, findThread } from './access.ts';
import type { Call, Method } from './call.ts';
import type { ChatState } from './chat-state.ts';
import { badRequest } from './errors.ts';
import type { Limits } from './limits.ts';
import { type Markup, readMarkup } from './markup.ts';
import type { ChatMessage } from './message.ts';
import type { Parameters } from './parameters.ts';
import { type Formatted, formatText } from './text.ts';
import { type Content, isObject } from './wire.ts';
import type { World } from './world.ts';

const LONGEST_TEXT = 4096;
const MOST_DELETIONS = 100;
const DELETABLE_MS = 48 * 3_600_000;

/** Sending, editing and deleting. */
export function messageMethods(world: World, limits: Limits): Readonly<Record<string, Method>> {
  const spend = (state: ChatState) => {
    checkBlocked(state);
    limits.spend(state.id, state.type === 'private');
  };
  return {
    sendMessage: ({ parameters }) => {
      const state = findChat(world, parameters);
      const markup = readMarkup(parameters);
      const { text, entities, html } = readText(parameters, 'message is too long');
      const asked = findThread(state, parameters);
      const { replyTo, quote } = findReplied(state, parameters);
      if (state.type === 'channel' && state.bot !== 'administrator') {
        throw badRequest('need administrator rights in the channel chat');
      }
      spend(state);
      const silent = parameters.flag('disable_notification');
      const linkPreview = readLinkPreview(parameters);
      // A reply goes to the topic of its original.
      const thread = asked ?? (state.isForum ? replyTo?.thread : undefined);
      const content = { from: world.bot, text, entities, html, replyTo, quote, thread };
      return world.send(state, { ...content, silent, markup, linkPreview }).wire;
    },
    editMessageText: (call) => {
      const { state, message } = findOwn(world, call);
      const markup = readMarkup(call.parameters, true);
      const formatted = readText(call.parameters, 'MESSAGE_TOO_LONG');
      if (message.wire.text === undefined) throw badRequest('there is no text in the message to edit');
      spend(state);
      const options = readLinkPreview(call.parameters);
      const linkPreview = options?.is_disabled !== true;
      const same = sameText(message, formatted) && sameMarkup(message, markup);
      if (same && linkPreview === message.linkPreview) throw notModified();
      const fields = { link_preview_options: options };
      return world.edit(state, message, { ...formatted, linkPreview, markup, fields }).wire;
    },
    editMessageReplyMarkup: (call) => {
      const { state, message } = findOwn(world, call);
      const markup = readMarkup(call.parameters, true);
      spend(state);
      if (sameMarkup(message, markup)) throw notModified();
      return world.edit(state, message, { markup }).wire;
    },
    deleteMessage: ({ parameters }) => {
      const state = findChat(world, parameters);
      const id = parameters.integer('message_id') ?? 0;
      if (id === 0) throw badRequest('message identifier is not specified');
      const message = state.messages.get(id);
      if (!message) throw badRequest('message to delete not found');
      if (!canDelete(world, state, message)) throw badRequest("message can't be deleted for everyone");
      world.remove(state, message, 'bot');
      return true;
    },
    deleteMessages: ({ parameters }) => {
      const state = findChat(world, parameters);
      const ids = parameters.json('message_ids');
      if (!Array.isArray(ids) || ids.length === 0) throw badRequest('message identifiers are not specified');
      if (ids.length > MOST_DELETIONS) throw badRequest('too many message identifiers specified');
      for (const id of ids) {
        const message = state.messages.get(Number(id));
        if (message && canDelete(world, state, message)) world.remove(state, message, 'bot');
      }
      return true;
    },
  };
}

function notModified() {
  return badRequest(
    'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
  );
}

function readText(parameters: Parameters, tooLong: string): Formatted {
  const text = parameters.text('text') ?? '';
  if (text === '') throw badRequest('message text is empty');
  const formatted = formatText({
    text,
    parseMode: parameters.text('parse_mode'),
    entities: parameters.json('entities'),
  });
  if (formatted.text === '') throw badRequest('message text is empty');
  if (formatted.text.length > LONGEST_TEXT) throw badRequest(tooLong);
  return formatted;
}

function readLinkPreview(parameters: Parameters): Content | undefined {
  if (parameters.flag('disable_web_page_preview')) return { is_disabled: true };
  return parameters.object('link_preview_options');
}

function findReplied(state: ChatState, parameters: Parameters) {
  const old = parameters.integer('reply_to_message_id');
  const reply = parameters.object('reply_parameters') ?? (old ? { message_id: old } : undefined);
  if (!reply) return { replyTo: undefined, quote: undefined };
  const replyTo = state.messages.get(Number(reply.message_id));
  const lenient =
    reply.allow_sending_without_reply === true || parameters.flag('allow_sending_without_reply');
  if (!replyTo) {
    if (!lenient) throw badRequest('message to be replied not found');
    return { replyTo: undefined, quote: undefined };
  }
  const quote = typeof reply.quote === 'string' && reply.quote !== '' ? reply.quote : undefined;
  if (quote !== undefined && !replyTo.text.includes(quote)) throw badRequest('QUOTE_TEXT_INVALID');
  return { replyTo, quote };
}

function findOwn(world: World, { parameters }: Call) {
  const state = findChat(world, parameters);
  const id = parameters.integer('message_id') ?? 0;
  if (id === 0) throw badRequest('message identifier is not specified');
  const message = state.messages.get(id);
  if (!message) throw badRequest('message to edit not found');
  if (message.from.id !== world.bot.id || message.service !== undefined) {
    throw badRequest("message can't be edited");
  }
  return { state, message };
}

function canDelete(world: World, state: ChatState, { from, sentAtMs }: ChatMessage): boolean {
  if (world.now() - sentAtMs >= DELETABLE_MS) return false;
  return from.id === world.bot.id || state.type === 'private' || state.bot === 'administrator';
}

function sameText(message: ChatMessage, { text, entities }: Formatted): boolean {
  return message.text === text && JSON.stringify(message.entities) === JSON.stringify(entities);
}

function sameMarkup({ wire }: ChatMessage, markup: Markup): boolean {
  const current = isObject(wire.reply_markup) ? wire.reply_markup : undefined;
  return JSON.stringify(current) === JSON.stringify(markup.wire);
}
