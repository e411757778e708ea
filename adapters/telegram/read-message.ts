import type { Message, Quoted, RemoteFile } from '../../src/chat/message.ts';
import { addressOf, authorOf, kindOf, nameOf, personOf, threadOf } from './read-place.ts';
import { type BotIdentity, type GivenCommand, readCommand, withoutMention } from './read-text.ts';
import { unreadableKind } from './unreadable-kind.ts';
import { aMessage, anOrigin, type TelegramMessage } from './update-schema.ts';

/** Apps cut a long text into messages of at most 4,096 characters; these are UTF-16 units. */
const SURELY_CUT_LENGTH = 4_000;
const SURELY_CUT_WAIT_MS = 2_000;
const PERHAPS_CUT_LENGTH = 3_500;
const PERHAPS_CUT_WAIT_MS = 600;
const ALBUM_WAIT_MS = 500;

const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];
/** How a model reads that it wrote something itself. */
const THE_BOT = 'you';

/** How long to wait for more messages of the same key that make one question with this one. */
type Gathering = { readonly key: string; readonly waitMs: number };

/** A message that is meant for the bot. */
export type Incoming = {
  /** Without `gather`, which needs the time. */
  readonly message: Message;
  readonly messageId: number;
  readonly gather?: Gathering;
  /** What stands after the command is the message's text. */
  readonly command?: GivenCommand;
  /** Seconds since 1970. */
  readonly editDate?: number;
};

type Unreadable = Pick<Message, 'address' | 'person'> & {
  readonly kind: 'unreadable';
  readonly messageId: number;
  /** With its article: "a sticker". */
  readonly what: string;
};

export type MessageReading =
  | { readonly kind: 'message' | 'edited'; readonly message: Incoming }
  | Unreadable
  | { readonly kind: 'ignored'; readonly why: string };

/** Whether a question of this key is being gathered in a chat: what follows it carries no mention. */
export type Gathers = (chat: string, key: string) => boolean;

type Around = { readonly bot: BotIdentity; readonly gathers: Gathers };

export function readMessage(
  given: unknown,
  kind: 'message' | 'edited',
  { bot, gathers }: Around,
): MessageReading {
  const { data: sent } = aMessage.safeParse(given);
  if (!sent) return ignored('a message that cannot be read');
  const { chat, from } = sent;
  const kindOfChat = kindOf(chat);
  if (kindOfChat === undefined) return ignored('written in a channel');
  if (isThere(sent.sender_chat)) return ignored('written in the name of a chat');
  if (!from) return ignored('written by nobody');
  if (from.is_bot) return ignored('written by a bot');

  const written = writtenIn(sent);
  const own = picturesIn(sent);
  // “What is on this?” as a reply means the picture there.
  const pictures = own.length > 0 ? own : picturesIn(repliedBy(sent) ?? {});
  const isForwarded = isThere(sent.forward_origin);
  const command = isForwarded ? undefined : readCommand(written, bot);
  if (command === 'other') return ignored('a command for another bot');
  const mentioned = kindOfChat === 'group' ? withoutMention(written, bot) : undefined;
  const gather = kind === 'edited' ? undefined : gatheringOf(sent, command !== undefined || isForwarded);
  const follows = gather !== undefined && gathers(String(chat.id), gather.key);
  const isAddressed = command !== undefined || mentioned !== undefined || isReplyTo(sent, bot);
  if (kindOfChat === 'group' && !isAddressed && !follows) return ignored('not meant for the bot');

  const address = addressOf(chat, threadOf(sent));
  const person = personOf(from);
  if (written.text === '' && own.length === 0) {
    const what = unreadableKind(given);
    if (what === undefined) return ignored('a message without content');
    // Telegram also reports as edited what changed in a way that nobody sees.
    if (kindOfChat === 'group' || kind === 'edited') return ignored('nothing in it can be read');
    return { kind: 'unreadable', address, person, messageId: sent.message_id, what };
  }

  const quoted = quotedBy(sent, bot);
  const forwardedFrom = authorOf(anOrigin.parse(sent.forward_origin)) ?? 'somebody';
  const message: Message = {
    id: String(sent.message_id),
    address,
    person,
    kind: kindOfChat,
    text: command?.argument ?? mentioned ?? written.text,
    images: [],
    ...(pictures.length > 0 && { remoteImages: pictures }),
    ...(quoted && { quoted }),
    ...(isForwarded && { forwardedFrom }),
    sentAt: sent.date * 1_000,
  };
  return {
    kind,
    message: {
      message,
      messageId: sent.message_id,
      ...(gather && { gather }),
      ...(command && { command }),
      ...(sent.edit_date !== undefined && { editDate: sent.edit_date }),
    },
  };
}

function ignored(why: string): MessageReading {
  return { kind: 'ignored', why };
}

function isThere(field: unknown): boolean {
  return field !== undefined && field !== null;
}

function writtenIn(sent: TelegramMessage) {
  return sent.text !== undefined
    ? { text: sent.text, entities: sent.entities ?? [] }
    : { text: sent.caption ?? '', entities: sent.caption_entities ?? [] };
}

/** Telegram offers each photo in several sizes; a picture may also come as a file. */
function picturesIn({
  photo = [],
  document,
}: Pick<TelegramMessage, 'photo' | 'document'>): readonly RemoteFile[] {
  const [largest] = photo.toSorted((one, other) => other.width * other.height - one.width * one.height);
  if (largest) return [remoteFile(largest, 'image/jpeg')];
  const mediaType = document?.mime_type?.toLowerCase();
  return document && mediaType && PICTURE_TYPES.includes(mediaType) ? [remoteFile(document, mediaType)] : [];
}

function remoteFile(
  file: { file_id: string; file_size?: number | undefined },
  mediaType: string,
): RemoteFile {
  return { id: file.file_id, mediaType, ...(file.file_size !== undefined && { sizeBytes: file.file_size }) };
}

/** In a topic every message that replies to nothing replies to its beginning. */
function repliedBy({ reply_to_message: reply }: TelegramMessage) {
  return reply && !isThere(reply.forum_topic_created) ? reply : undefined;
}

function isReplyTo(sent: TelegramMessage, bot: BotIdentity): boolean {
  return repliedBy(sent)?.from?.id === bot.id;
}

/** What the person marked, or else all of what is replied to. */
function quotedBy(sent: TelegramMessage, bot: BotIdentity): Quoted | undefined {
  const { quote, external_reply } = sent;
  const reply = repliedBy(sent);
  const marked = quote?.is_manual ? quote.text : undefined;
  const text = marked ?? reply?.text ?? reply?.caption ?? quote?.text ?? '';
  if (text.trim() === '') return undefined;
  const origin = external_reply?.origin ?? {};
  const author = reply?.from ?? origin.sender_user;
  if (author?.id === bot.id) return { text, from: THE_BOT };
  const name = reply ? nameOf(reply.sender_chat ?? reply.from ?? {}) : authorOf(origin);
  // Nobody passes for the bot by being called so.
  return { text, ...(name !== undefined && name.toLowerCase() !== THE_BOT && { from: name }) };
}

/** Plain texts are always gathered, if for no time: a short one may be the end of a long one. */
function gatheringOf(sent: TelegramMessage, isWhole: boolean): Gathering | undefined {
  const { media_group_id: album, text, from } = sent;
  if (album) return { key: `album:${album}`, waitMs: ALBUM_WAIT_MS };
  if (text === undefined || isWhole || !from) return undefined;
  return { key: `paste:${from.id}`, waitMs: pasteWaitMs(text.length) };
}

function pasteWaitMs(length: number): number {
  if (length >= SURELY_CUT_LENGTH) return SURELY_CUT_WAIT_MS;
  return length >= PERHAPS_CUT_LENGTH ? PERHAPS_CUT_WAIT_MS : 0;
}
