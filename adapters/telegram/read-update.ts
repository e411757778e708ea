import type { Message } from '../../src/chat/message.ts';
import { type Gathers, type MessageReading, readMessage } from './read-message.ts';
import { addressOf, kindOf, personOf, threadOf } from './read-place.ts';
import type { BotIdentity } from './read-text.ts';
import { anUpdate, aPress, aStoppedDraft } from './update-schema.ts';

type Press = Pick<Message, 'address' | 'person'> & {
  readonly kind: 'press';
  readonly queryId: string;
  readonly data: string;
  readonly kindOfChat: Message['kind'];
  /** The message with the button. */
  readonly messageId: number | undefined;
};

type DraftStopped = Pick<Message, 'address' | 'person'> & {
  readonly kind: 'draft-stopped';
  readonly draftId: number;
};

/** What an update means to us. `why` never holds words of people. */
export type Reading = MessageReading | Press | DraftStopped;

/** Never throws, whatever arrives. */
export function readUpdate(update: unknown, bot: BotIdentity, gathers: Gathers = () => false): Reading {
  const around = { bot, gathers };
  const { data: known } = anUpdate.safeParse(update);
  if (!known) return ignored('not an update');
  if (known.message !== undefined) return readMessage(known.message, 'message', around);
  if (known.edited_message !== undefined) return readMessage(known.edited_message, 'edited', around);
  if (known.callback_query !== undefined) return readPress(known.callback_query);
  if (known.stopped_message_generation !== undefined) return readStop(known.stopped_message_generation);
  return ignored('another kind of update');
}

function readPress(given: unknown): Reading {
  const { data: press } = aPress.safeParse(given);
  if (!press) return ignored('a press that cannot be read');
  const { id, from, data, message } = press;
  if (data === undefined || !message) return ignored('not a button of ours');
  const kindOfChat = kindOf(message.chat);
  if (kindOfChat === undefined) return ignored('pressed in a channel');
  return {
    kind: 'press',
    queryId: id,
    data,
    address: addressOf(message.chat, threadOf(message)),
    person: personOf(from),
    kindOfChat,
    messageId: message.message_id,
  };
}

/** Drafts are shown in direct chats only, and a direct chat has its person's id and name. */
function readStop(given: unknown): Reading {
  const { data: stop } = aStoppedDraft.safeParse(given);
  if (stop?.chat.type !== 'private') return ignored('a stop that cannot be read');
  const { chat, message_thread_id: thread, draft_id } = stop;
  return {
    kind: 'draft-stopped',
    address: addressOf(chat, thread === undefined ? undefined : String(thread)),
    person: personOf(chat),
    draftId: draft_id,
  };
}

function ignored(why: string): Reading {
  return { kind: 'ignored', why };
}
