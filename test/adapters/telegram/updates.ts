/** Updates as Telegram sends them, for tests of what reads them. */

export const BOT = { id: 1000, username: 'Ostler_bot' };

export const ADA = { id: 7, is_bot: false, first_name: 'Ada', last_name: 'Byron', language_code: 'en' };
export const BOB = { id: 8, is_bot: false, first_name: 'Bob' };
export const THE_BOT = { id: BOT.id, is_bot: true, first_name: 'Ostler', username: BOT.username };

export const DIRECT = { id: 7, type: 'private', first_name: 'Ada', last_name: 'Byron' };
export const GROUP = { id: -100, type: 'supergroup', title: 'The house' };
export const FORUM = { ...GROUP, is_forum: true };

type Fields = Readonly<Record<string, unknown>>;

/** Commands and mentions, marked where Telegram marks them. */
function entitiesOf(text: string): readonly Fields[] {
  return [...text.matchAll(/(?<=^|\s)(?:\/\w+(?:@\w+)?|@\w+)/g)].map(({ 0: found, index }) => ({
    type: found.startsWith('/') ? 'bot_command' : 'mention',
    offset: index,
    length: found.length,
  }));
}

/** Ada's message; without further fields a text in the direct chat. */
export function messageOf(fields: Fields): Fields {
  const { text, caption } = fields;
  return {
    message_id: 42,
    date: 1_700_000_000,
    chat: DIRECT,
    from: ADA,
    ...(typeof text === 'string' && { entities: entitiesOf(text) }),
    ...(typeof caption === 'string' && { caption_entities: entitiesOf(caption) }),
    ...fields,
  };
}

export function updateOf(fields: Fields, id = 1): Fields {
  return { update_id: id, message: messageOf(fields) };
}
