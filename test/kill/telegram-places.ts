import type { Chat } from '../servers/telegram/chat.ts';
import type { ChatMessage } from '../servers/telegram/message.ts';
import type { Person } from '../servers/telegram/person.ts';
import type { Telegram } from '../servers/telegram/telegram.ts';

/** Groups are smaller: Telegram takes 20 calls a minute for one. */
const GROUP_QUESTIONS = 8;
const TOPIC_QUESTIONS = 6;
/** As a forum's General is called in addresses. */
const GENERAL = '1';

/** Where somebody asks: a direct chat, a group, a topic or General of a forum. */
export type Somewhere = {
  readonly chat: Chat;
  readonly thread: number | undefined;
  /** The thread of its address. */
  readonly threadName: string | undefined;
  readonly isGroup: boolean;
  readonly questions: number;
  ask(text: string): ChatMessage;
  edit(message: ChatMessage, text: string): void;
};

/** People, a group and a forum; `direct` of them in their own chats. */
export function openPlaces(telegram: Telegram, direct: number, questions: number): readonly Somewhere[] {
  const people = Array.from({ length: direct }, (_, at) => telegram.person({ name: `Person ${at}` }));
  const [first, second] = people;
  if (!first || !second) throw new Error('A group needs two people.');
  const group = telegram.group({ title: 'Group', members: [first, second] });
  const forum = telegram.forum({ title: 'Forum', members: [second] });
  const topic = telegram.openTopic(forum, 'Topic');
  const mention = (text: string) => `@${telegram.bot.username} ${text}`;

  function inGroup(person: Person, chat: Chat, thread: number | undefined): Omit<Somewhere, 'questions'> {
    const isForum = chat === forum;
    return {
      chat,
      thread,
      threadName: isForum ? String(thread ?? GENERAL) : undefined,
      isGroup: true,
      ask: (text) => person.send(chat, mention(text), thread === undefined ? {} : { thread }),
      edit: (message, text) => void person.edit(message, mention(text)),
    };
  }

  return [
    ...people.map((person) => ({
      chat: person.directChat(),
      thread: undefined,
      threadName: undefined,
      isGroup: false,
      questions,
      ask: (text: string) => person.send(person.directChat(), text),
      edit: (message: ChatMessage, text: string) => void person.edit(message, text),
    })),
    { ...inGroup(first, group, undefined), questions: GROUP_QUESTIONS },
    { ...inGroup(second, forum, topic), questions: TOPIC_QUESTIONS },
    { ...inGroup(second, forum, undefined), questions: TOPIC_QUESTIONS },
  ];
}
