import { type ChatState, wireChat } from './chat-state.ts';
import type { Markup } from './markup.ts';
import type { ChatMessage } from './message.ts';
import type { Content, Entity, WireMessage, WireUser } from './wire.ts';

export type NewMessage = {
  readonly from: WireUser;
  readonly text: string;
  readonly entities: readonly Entity[];
  readonly html?: string | undefined;
  readonly service?: string;
  readonly replyTo?: ChatMessage | undefined;
  readonly quote?: string | undefined;
  readonly thread?: number | undefined;
  readonly silent?: boolean;
  readonly markup?: Markup;
  readonly linkPreview?: Content | undefined;
  /** Further fields of the Message. With a picture or a file in them, the text is its caption. */
  readonly fields?: Content;
};

export function unixSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}

/** The message with the next number of its chat. */
export function makeMessage(state: ChatState, content: NewMessage, nowMs: number): ChatMessage {
  const { from, text, entities, html, service, replyTo, quote, thread, markup } = content;
  const id = state.nextMessageId();
  const chat = wireChat(state);
  const topic = thread === undefined ? undefined : state.messages.get(thread);
  // In a topic, what replies to nothing carries the message that began the topic.
  const original = replyTo ?? (state.isForum ? topic : undefined);
  const bare: WireMessage = {
    message_id: id,
    ...(state.type === 'channel' ? { sender_chat: chat } : { from }),
    chat,
    date: unixSeconds(),
    ...(thread !== undefined && { message_thread_id: thread }),
    ...(thread !== undefined && state.isForum && { is_topic_message: true }),
    ...(original && { reply_to_message: { ...original.wire, reply_to_message: undefined } }),
    ...(replyTo &&
      quote !== undefined && {
        quote: { text: quote, position: Math.max(0, replyTo.text.indexOf(quote)), is_manual: true },
      }),
    ...(content.linkPreview && { link_preview_options: content.linkPreview }),
    ...(markup?.wire && { reply_markup: markup.wire }),
    ...content.fields,
  };
  const shown = {
    chat: state.id,
    id,
    from: { id: from.id, name: from.first_name, isBot: from.is_bot },
    text,
    entities,
    html,
    service,
    replyTo: replyTo?.id,
    quote,
    thread,
    silent: content.silent ?? false,
    buttons: markup?.buttons ?? [],
    editedTimes: 0,
    linkPreview: content.linkPreview?.is_disabled !== true,
    reactions: [],
    sentAtMs: nowMs,
    wire: bare,
  };
  return service === undefined ? { ...shown, wire: rewire(shown, {}) } : shown;
}

/** Writes the text and entities into the Message where they belong. */
export function rewire({ wire, text, entities }: ChatMessage, fields: Content): WireMessage {
  const isCaption = 'photo' in wire || 'document' in wire;
  const [words, marks] = isCaption ? ['caption', 'caption_entities'] : ['text', 'entities'];
  return {
    ...wire,
    ...fields,
    [words]: text || undefined,
    [marks]: entities.length > 0 ? entities : undefined,
  };
}
