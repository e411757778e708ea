import type { DiscordUser } from './payloads.ts';

/** Who the bot is: its id, and that of its own role where the message was written. */
export type BotIdentity = { readonly id: string; readonly role?: string | undefined };

const PERSON = /<@!?(\d+)>/g;
const ROLE = /<@&(\d+)>/g;
const EMOJI = /<a?(:\w+:)\d+>/g;
const ITS_PUNCTUATION = /^(?:[:,]|[ \t]+[:,](?=\s|$))/;
/** A comma or a space before this would be left over. */
const ENDS_HERE = /^\s*(?:[.?!…]|$)|^[ \t]*\n/;

export function mentions(text: string, bot: BotIdentity): boolean {
  return ownMentions(text, bot).length > 0;
}

/** The text as people read it, without the mentions of the bot. */
export function readText(text: string, bot: BotIdentity, people: readonly DiscordUser[] = []): string {
  const own = ownMentions(text, bot);
  // From the last to the first, so that the places of those before stay right.
  const meant = own.toReversed().reduce(takeOut, text);
  return meant
    .replace(PERSON, (_, id: string) => `@${nameOf(people.find((one) => one.id === id))}`)
    .replace(ROLE, '@role')
    .replace(EMOJI, '$1')
    .trim();
}

export function nameOf(user: DiscordUser | undefined): string {
  return user?.global_name ?? user?.username ?? 'somebody';
}

type Piece = { readonly start: number; readonly end: number };

function ownMentions(text: string, { id, role }: BotIdentity): readonly Piece[] {
  const people = [...text.matchAll(PERSON)].filter(([, one]) => one === id);
  const roles = [...text.matchAll(ROLE)].filter(([, one]) => one === role);
  return [...people, ...roles]
    .map(({ index, 0: found }) => ({ start: index, end: index + found.length }))
    .sort((one, other) => one.start - other.start);
}

/** Takes the comma or colon with it that only the mention needed, and one of the spaces around it. */
function takeOut(text: string, { start, end }: Piece): string {
  const before = text.slice(0, start);
  const after = text.slice(end).replace(ITS_PUNCTUATION, '');
  if (ENDS_HERE.test(after)) return before.trimEnd().replace(/,$/, '').trimEnd() + after;
  const isSpaced = before === '' || /\s$/.test(before);
  return before + (isSpaced ? after.replace(/^[ \t]+/, '') : after);
}
