import type { Chat } from './chat.ts';
import type { ChatState } from './chat-state.ts';
import type { ChatMessage } from './message.ts';
import type { Person, Stage } from './person.ts';
import { finish } from './text.ts';
import type { ChatType, WireUser } from './wire.ts';

const CHANNEL_AUTHOR: WireUser = { id: 777_000, is_bot: false, first_name: 'Channel' };

type GroupOptions = {
  readonly title: string;
  readonly members: readonly Person[];
  /** Members too; the first of all is the owner. */
  readonly admins?: readonly Person[];
  readonly botIsAdmin?: boolean;
  readonly username?: string;
};

/** Chats of several, and what happens to them as a whole. */
export type Groups = {
  group(options: GroupOptions): Chat;
  supergroup(options: GroupOptions): Chat;
  /** A supergroup with topics. */
  forum(options: GroupOptions): Chat;
  channel(options: Omit<GroupOptions, 'members'>): Chat;
  /** Writes in a channel: a `channel_post`. */
  post(chat: Chat, text: string): ChatMessage;
  /** Opens a topic in a forum, and returns its thread. */
  openTopic(chat: Chat, name: string): number;
  closeTopic(chat: Chat, thread: number): void;
  deleteTopic(chat: Chat, thread: number): void;
  /** The person blocks the bot in their direct chat. */
  block(person: Person): void;
  unblock(person: Person): void;
  /** Throws the bot out. */
  kick(chat: Chat): void;
};

export function createGroups(stage: Stage): Groups {
  const { world, updates } = stage;
  const open = (
    type: ChatType,
    options: Omit<GroupOptions, 'members'>,
    members: readonly Person[],
    isForum = false,
  ) => {
    const { title, username, admins = [], botIsAdmin = false } = options;
    const state = world.open({ type, title, username, isForum });
    for (const { id, user } of members) state.members.set(id, { user, status: 'member' });
    for (const { id, user } of admins) state.members.set(id, { user, status: 'administrator' });
    const owner = [...admins, ...members][0];
    if (owner) state.members.set(owner.id, { user: owner.user, status: 'creator' });
    if (botIsAdmin) state.bot = 'administrator';
    return stage.chat(state);
  };
  const stateOf = (id: number): ChatState => {
    const state = world.chats.get(id);
    if (!state) throw new Error(`There is no chat ${id}`);
    return state;
  };
  const anybody = (state: ChatState): WireUser => [...state.members.values()][0]?.user ?? CHANNEL_AUTHOR;
  const serve = (state: ChatState, service: string, content: unknown, thread?: number) => {
    const fields = { [service]: content, ...(thread !== undefined && { is_topic_message: true }) };
    const base = { from: anybody(state), text: '', entities: [], service, fields, thread };
    const message = world.send(state, base);
    updates.add({ message: message.wire });
    return message;
  };
  const changeBot = (state: ChatState, from: WireUser, [before, after]: readonly [string, string]) => {
    const chat = stage.chat(state);
    const member = (status: string) => ({
      user: world.bot,
      status,
      ...(status === 'kicked' && { until_date: 0 }),
    });
    const date = Math.floor(Date.now() / 1_000);
    const { id, type, title } = chat;
    const shown = type === 'private' ? { id, type, first_name: title } : { id, type, title };
    updates.add({
      my_chat_member: {
        chat: shown,
        from,
        date,
        old_chat_member: member(before),
        new_chat_member: member(after),
      },
    });
  };

  return {
    group: (options) => open('group', options, options.members),
    supergroup: (options) => open('supergroup', options, options.members),
    forum: (options) => open('supergroup', options, options.members, true),
    channel: (options) => open('channel', options, []),
    post(chat, text) {
      const state = stateOf(chat.id);
      const message = world.send(state, { from: CHANNEL_AUTHOR, ...finish({ text, entities: [] }) });
      updates.add({ channel_post: message.wire });
      return message;
    },
    openTopic(chat, name) {
      const state = stateOf(chat.id);
      if (!state.isForum) throw new Error(`${state.title} is no forum`);
      const message = serve(state, 'forum_topic_created', { name, icon_color: 7_322_096 });
      state.topics.set(message.id, { name, closed: false });
      return message.id;
    },
    closeTopic(chat, thread) {
      const state = stateOf(chat.id);
      const topic = state.topics.get(thread);
      if (!topic) throw new Error(`There is no topic ${thread}`);
      topic.closed = true;
      serve(state, 'forum_topic_closed', {}, thread);
    },
    deleteTopic(chat, thread) {
      const state = stateOf(chat.id);
      state.topics.delete(thread);
      for (const message of [...state.messages.values()]) {
        if (message.thread === thread || message.id === thread) world.remove(state, message, 'person');
      }
    },
    block(person) {
      const state = stateOf(person.directChat().id);
      state.bot = 'blocked';
      changeBot(state, person.user, ['member', 'kicked']);
    },
    unblock(person) {
      const state = stateOf(person.directChat().id);
      state.bot = 'member';
      changeBot(state, person.user, ['kicked', 'member']);
    },
    kick(chat) {
      const state = stateOf(chat.id);
      const before = state.bot === 'administrator' ? 'administrator' : 'member';
      state.bot = 'kicked';
      changeBot(state, anybody(state), [before, 'kicked']);
    },
  };
}
