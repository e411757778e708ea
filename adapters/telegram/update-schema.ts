import { z } from 'zod';

/**
 * What we read of an update (https://core.telegram.org/bots/api#update). Whatever is left out here passes;
 * an optional field that is not what it should be counts as missing.
 */

const maybe = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

const anything = z.unknown().optional();
const text = maybe(z.string());
/** 0 marks what cannot be replied to or told apart: messages only one person sees, or not sent yet. */
const messageId = z.int().positive();
const seconds = z.int().min(0);

const user = z.object({
  id: z.int(),
  is_bot: maybe(z.boolean()),
  first_name: text,
  last_name: text,
  username: text,
});

const chat = z.object({
  id: z.int(),
  type: z.enum(['private', 'group', 'supergroup', 'channel']),
  first_name: text,
  last_name: text,
  is_forum: maybe(z.boolean()),
  is_direct_messages: maybe(z.boolean()),
});

const titled = z.object({ title: text, first_name: text, last_name: text });

/** Offsets and lengths count UTF-16 units, as strings here do. */
const entity = z.object({
  type: z.string(),
  offset: z.int().min(0),
  length: z.int().positive(),
  user: maybe(user),
});

const origin = z.object({
  sender_user: maybe(user),
  sender_user_name: text,
  sender_chat: maybe(titled),
  chat: maybe(titled),
});

const photoSize = z.object({
  file_id: z.string().min(1),
  width: z.int(),
  height: z.int(),
  file_size: maybe(z.int().min(0)),
});

const document = z.object({ file_id: z.string().min(1), mime_type: text, file_size: maybe(z.int().min(0)) });

const repliedTo = z.object({
  from: maybe(user),
  sender_chat: maybe(titled),
  text,
  caption: text,
  photo: maybe(z.array(photoSize)),
  document: maybe(document),
  forum_topic_created: anything,
});

/** Where a message stands: what is left of one that the bot can no longer see. */
const place = z.object({
  message_id: maybe(messageId),
  date: maybe(seconds),
  chat,
  message_thread_id: maybe(z.int()),
  is_topic_message: maybe(z.boolean()),
});

export const anUpdate = z.object({
  message: anything,
  edited_message: anything,
  callback_query: anything,
  stopped_message_generation: anything,
});

export const aMessage = place.extend({
  message_id: messageId,
  date: seconds,
  edit_date: maybe(seconds),
  from: maybe(user),
  sender_chat: anything,
  text,
  caption: text,
  entities: maybe(z.array(entity)),
  caption_entities: maybe(z.array(entity)),
  photo: maybe(z.array(photoSize)),
  document: maybe(document),
  media_group_id: text,
  reply_to_message: maybe(repliedTo),
  external_reply: maybe(z.object({ origin: maybe(origin) })),
  quote: maybe(z.object({ text: z.string(), is_manual: maybe(z.boolean()) })),
  forward_origin: anything,
});

export const anOrigin = origin.catch({});

export const aPress = z.object({ id: z.string().min(1), from: user, data: text, message: maybe(place) });

export const aStoppedDraft = z.object({ chat, message_thread_id: maybe(z.int()), draft_id: z.int() });

export type TelegramUser = z.infer<typeof user>;
export type TelegramPlace = z.infer<typeof place>;
export type TelegramEntity = z.infer<typeof entity>;
export type TelegramMessage = z.infer<typeof aMessage>;
export type TelegramOrigin = z.infer<typeof origin>;
export type TelegramTitled = z.infer<typeof titled>;
