import type { TelegramEntity } from './update-schema.ts';

/** Who the bot is, as getMe says. */
export type BotIdentity = { readonly id: number; readonly username: string };

/** A command as it was given; `name` in lower case. */
export type GivenCommand = { readonly name: string; readonly argument: string };

type Written = { readonly text: string; readonly entities: readonly TelegramEntity[] };
type Piece = { readonly start: number; readonly end: number };

const COMMAND = /^\/([a-z0-9_]{1,32})(?:@([a-z0-9_]+))?$/i;
/** A comma or a space before this would be left over. */
const ENDS_HERE = /^\s*(?:[.?!…]|$)|^[ \t]*\n/;
const ITS_PUNCTUATION = /^(?:[:,]|[ \t]+[:,](?=\s|$))/;

/** A command stands at the very beginning, and Telegram marks it. `other`: it is another bot's. */
export function readCommand(
  { text, entities }: Written,
  bot: BotIdentity,
): GivenCommand | 'other' | undefined {
  const first = entities.find(({ type, offset }) => type === 'bot_command' && offset === 0);
  if (!first) return undefined;
  const [, name, addressee] = COMMAND.exec(text.slice(0, first.length)) ?? [];
  if (name === undefined) return undefined;
  if (addressee !== undefined && !isSameName(addressee, bot.username)) return 'other';
  return { name: name.toLowerCase(), argument: text.slice(first.length).trim() };
}

/** The text without the mentions of the bot; undefined where it is not mentioned. */
export function withoutMention({ text, entities }: Written, bot: BotIdentity): string | undefined {
  const mentions = entities
    .filter((entity) => isMention(entity, text, bot))
    .map(({ offset, length }) => ({ start: offset, end: offset + length }))
    .sort((one, other) => other.start - one.start);
  if (mentions.length === 0) return undefined;
  // From the last to the first, so that the places of those before stay right.
  return mentions.reduce(takeOut, text).trim();
}

function isMention({ type, offset, length, user }: TelegramEntity, text: string, bot: BotIdentity): boolean {
  if (offset + length > text.length) return false;
  if (type === 'text_mention') return user?.id === bot.id;
  return type === 'mention' && isSameName(text.slice(offset + 1, offset + length), bot.username);
}

/** Takes the comma or colon with it that only the mention needed, and one of the spaces around it. */
function takeOut(text: string, { start, end }: Piece): string {
  const before = text.slice(0, start);
  const after = text.slice(end).replace(ITS_PUNCTUATION, '');
  if (ENDS_HERE.test(after)) return withoutComma(before.trimEnd()) + after;
  const isSpaced = before === '' || /\s$/.test(before);
  return before + (isSpaced ? after.replace(/^[ \t]+/, '') : after);
}

function withoutComma(text: string): string {
  return text.endsWith(',') ? text.slice(0, -1).trimEnd() : text;
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
