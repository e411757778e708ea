import type { Message, Quoted, RemoteFile } from '../../src/chat/message.ts';
import type { DiscordMember, DiscordMessage, DiscordUser } from './payloads.ts';
import { isPicture, picturesOf } from './pictures.ts';
import { type BotIdentity, mentions, nameOf, readText } from './read-text.ts';
import { timeOf } from './snowflake.ts';

/** What people write, and in answer to something; everything else comes from Discord itself. */
const WRITTEN = [0, 19];
const FORWARD = 1;
const HAS_THREAD = 32;
/** How a model reads that it wrote something itself. */
const THE_BOT = 'you';

/** Whether a message is meant for the bot; `perhaps`: if it was written in a thread of the bot's own. */
export type Meant = 'yes' | 'perhaps' | 'no';

export type Content =
  | {
      readonly kind: 'question';
      readonly content: Pick<Message, 'text' | 'images' | 'remoteImages' | 'quoted' | 'forwardedFrom'>;
    }
  /** With its article: "a sticker". */
  | { readonly kind: 'unreadable'; readonly what: string }
  | { readonly kind: 'nothing' };

/** `readsAll`: the bot may read what does not mention it. */
export function isMeant(sent: DiscordMessage, bot: BotIdentity, readsAll: boolean): Meant {
  const { author, webhook_id, type, guild_id, content = '', referenced_message: replied } = sent;
  if (author.bot || webhook_id !== undefined || !WRITTEN.includes(type)) return 'no';
  if (guild_id === undefined || mentions(content, bot)) return 'yes';
  if (isEmpty(sent)) return 'no';
  if (replied?.author.id === bot.id) return 'yes';
  return readsAll ? 'perhaps' : 'no';
}

/** What a message that is meant for the bot holds for a model. */
export function readContent(sent: DiscordMessage, bot: BotIdentity): Content {
  const forwarded = forwardedBy(sent);
  const { attachments = [] } = forwarded ?? sent;
  const text = readText((forwarded ?? sent).content ?? '', bot, sent.mentions);
  const what = unreadableKind(sent);
  if (what !== undefined && (text === '' || attachments.length > 0)) return { kind: 'unreadable', what };
  const own = picturesOf(attachments, { channel: sent.channel_id, id: sent.id });
  const pictures = own.length > 0 ? own : picturesRepliedTo(sent);
  const quoted = quotedBy(sent, bot);
  if (isEmpty(sent) && !forwarded) return { kind: 'nothing' };
  return {
    kind: 'question',
    content: {
      text,
      images: [],
      ...(pictures.length > 0 && { remoteImages: pictures }),
      ...(quoted && { quoted }),
      ...(forwarded && { forwardedFrom: 'somebody' }),
    },
  };
}

export function sentAt({ id }: Pick<DiscordMessage, 'id'>): number {
  return timeOf(id);
}

/** Whether a thread began at it. */
export function hasThread({ flags = 0 }: DiscordMessage): boolean {
  return (flags & HAS_THREAD) !== 0;
}

export function personOf(user: DiscordUser, member: DiscordMember | undefined): Message['person'] {
  return { id: user.id, name: member?.nick ?? nameOf(user) };
}

/** What another one wrote, as what it is to the bot. Nobody passes for the bot by being called so. */
export function quotedFrom(text: string, author: DiscordUser, bot: BotIdentity): Quoted | undefined {
  const isOwn = author.id === bot.id;
  const words = isOwn ? withoutAsides(text) : text;
  if (words.trim() === '') return undefined;
  const name = nameOf(author);
  if (isOwn) return { text: words, from: THE_BOT };
  return { text: words, ...(name.toLowerCase() !== THE_BOT && { from: name }) };
}

function quotedBy(
  { referenced_message: replied, message_reference, mentions: people }: DiscordMessage,
  bot: BotIdentity,
) {
  if (!replied || message_reference?.type === FORWARD) return undefined;
  return quotedFrom(readText(replied.content ?? '', { id: '' }, people), replied.author, bot);
}

function forwardedBy({ message_reference, message_snapshots }: DiscordMessage) {
  return message_reference?.type === FORWARD ? message_snapshots?.[0]?.message : undefined;
}

/** “What is on this?” as a reply means the picture there. */
function picturesRepliedTo({
  channel_id: channel,
  referenced_message: replied,
}: DiscordMessage): readonly RemoteFile[] {
  return replied ? picturesOf(replied.attachments, { channel, id: replied.id }) : [];
}

/** So are messages that the bot may not read. */
function isEmpty(sent: DiscordMessage): boolean {
  const { content = '', attachments = [], sticker_items = [], message_snapshots = [], poll } = sent;
  const parts = attachments.length + sticker_items.length + message_snapshots.length;
  return content.trim() === '' && parts === 0 && poll === undefined;
}

function unreadableKind(sent: DiscordMessage): string | undefined {
  const { attachments = [], sticker_items = [], poll } = sent;
  const file = attachments.find((attachment) => !isPicture(attachment));
  if (file?.content_type?.startsWith('audio/')) return 'an audio file';
  if (file?.content_type?.startsWith('video/')) return 'a video';
  if (file) return 'a file';
  if (sticker_items.length > 0) return 'a sticker';
  return poll ? 'a poll' : undefined;
}

/** Below an answer stands which model gave it. */
function withoutAsides(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('-# '))
    .join('\n')
    .trim();
}
