import { z } from 'zod';

/**
 * What we read of what the gateway sends (https://docs.discord.com/developers/events/gateway-events). Whatever is
 * left out here passes; an optional field that is not what it should be counts as missing.
 */

const maybe = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

const id = z.string().regex(/^\d{1,20}$/);
const text = maybe(z.string());

const user = z.object({ id, username: text, global_name: text, bot: maybe(z.boolean()) });
const member = z.object({ nick: text, roles: maybe(z.array(id)), permissions: text, user: maybe(user) });

const attachment = z.object({ id, url: z.string().min(1), content_type: text, size: maybe(z.int().min(0)) });

const content = z.object({ content: text, attachments: maybe(z.array(attachment)) });

const referenced = content.extend({ id, author: user });

export const aMessage = content.extend({
  id,
  channel_id: id,
  guild_id: maybe(id),
  type: z.int(),
  author: user,
  member: maybe(member),
  webhook_id: text,
  mentions: maybe(z.array(user)),
  mention_roles: maybe(z.array(id)),
  sticker_items: maybe(z.array(z.unknown())),
  poll: maybe(z.object({})),
  flags: maybe(z.int()),
  edited_timestamp: text,
  message_reference: maybe(z.object({ type: maybe(z.int()) })),
  referenced_message: maybe(referenced),
  message_snapshots: maybe(z.array(z.object({ message: content }))),
});

export const aChannel = z.object({
  id,
  type: z.int(),
  parent_id: maybe(id),
  owner_id: maybe(id),
});

const role = z.object({ id, tags: maybe(z.object({ bot_id: maybe(id) })) });

export const aGuild = z.object({
  id,
  channels: maybe(z.array(z.unknown())),
  threads: maybe(z.array(z.unknown())),
  roles: maybe(z.array(role)),
});

export const aRoleOfGuild = z.object({ guild_id: id, role });

export const someThreads = z.object({ threads: maybe(z.array(z.unknown())) });

const option = z.object({
  name: z.string(),
  value: maybe(z.union([z.string(), z.number(), z.boolean()])),
  focused: maybe(z.boolean()),
});

const input = z.object({ custom_id: z.string(), value: text });

export const anInteraction = z.object({
  id,
  application_id: id,
  type: z.int(),
  token: z
    .string()
    .min(1)
    .regex(/^[\w.-]+$/),
  guild_id: maybe(id),
  channel: maybe(aChannel),
  channel_id: maybe(id),
  member: maybe(member),
  user: maybe(user),
  message: maybe(z.object({ id, flags: maybe(z.int()) })),
  data: maybe(
    z.object({
      name: text,
      type: maybe(z.int()),
      options: maybe(z.array(option)),
      custom_id: text,
      values: maybe(z.array(z.string())),
      target_id: maybe(id),
      components: maybe(z.array(z.object({ components: maybe(z.array(input)) }))),
      resolved: maybe(
        z.object({
          messages: maybe(z.record(z.string(), referenced)),
          attachments: maybe(z.record(z.string(), attachment)),
        }),
      ),
    }),
  ),
});

/** https://docs.discord.com/developers/events/gateway-events#typing-start */
export const aTyping = z.object({
  channel_id: id,
  guild_id: maybe(id),
  user_id: id,
  member: maybe(member),
});

/** What says which channel and which message a dispatch is about. */
export const identified = z.object({ id, channel_id: id });
export const withId = z.object({ id, channel_id: maybe(id) });
export const aBot = z.object({ id, username: z.string() });
export const aMember = member;
export const messages = z.array(z.unknown());

export type DiscordUser = z.infer<typeof user>;
export type DiscordMember = z.infer<typeof member>;
export type DiscordAttachment = z.infer<typeof attachment>;
export type DiscordMessage = z.infer<typeof aMessage>;
export type DiscordChannel = z.infer<typeof aChannel>;
export type DiscordInteraction = z.infer<typeof anInteraction>;
