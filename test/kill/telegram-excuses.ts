import { type BotMessage, isHead } from './telegram-answer.ts';
import { type TelegramSeen, textsOf } from './telegram-seen.ts';

/** The job that a message belongs to. */
export type OwnerOf = (message: BotMessage) => string | undefined;

/** Found by its buttons, by how it begins, or by the message it goes on from. */
export function findOwners({ places, messages }: TelegramSeen): OwnerOf {
  const byId = new Map(messages.map((message) => [`${message.chat} ${message.id}`, message]));
  const asked = places.flatMap(({ questions }) => questions);
  const known = new Map<BotMessage, string | undefined>();
  const find: OwnerOf = (message) => {
    const data = message.looks.flatMap(({ buttons }) => buttons)[0]?.data.split(':')[1];
    if (data !== undefined) return data;
    const own = asked.find((one) => textsOf(one).some((text) => isHead(message, text)));
    const before = byId.get(`${message.chat} ${message.replyTo}`);
    return own?.job ?? (before && owner(before));
  };
  const owner: OwnerOf = (message) => {
    if (!known.has(message)) known.set(message, find(message));
    return known.get(message);
  };
  return owner;
}

/** Messages whose acceptance the bot may not have noted: it was killed, or cut off, before it did anything else for that answer. */
export function findExcused(
  { messages, calls, lives }: TelegramSeen,
  ownerOf: OwnerOf,
): ReadonlySet<BotMessage> {
  const byId = new Map(messages.map((message) => [`${message.chat} ${message.id}`, message]));
  const excused = new Set<BotMessage>();
  /** By life and job: whether a later call shows that the process went on. */
  const wentOn = new Set<string>();
  for (const { life, kind, chat, message: id, answerLost } of calls.toReversed()) {
    const message = byId.get(`${chat} ${id}`);
    if (!message) continue;
    const run = `${life} ${ownerOf(message)}`;
    if (kind === 'send' && (answerLost || (life < lives && !wentOn.has(run)))) excused.add(message);
    wentOn.add(run);
  }
  return excused;
}
