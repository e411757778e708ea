import type { CallbackAnswer, Callbacks } from './callbacks.ts';
import type { Chat } from './chat.ts';
import type { ChatState } from './chat-state.ts';
import type { Command, Commands } from './command-methods.ts';
import { compose, type SendOptions } from './compose.ts';
import type { Files } from './files.ts';
import type { Button, ChatMessage } from './message.ts';
import { isForBot } from './privacy.ts';
import { finish } from './text.ts';
import type { Updates } from './updates.ts';
import type { Content, WireUser } from './wire.ts';
import type { World } from './world.ts';

/** Somebody who uses Telegram. Everything that they do becomes the update that the bot would get. */
export type Person = {
  readonly id: number;
  readonly name: string;
  readonly user: WireUser;
  /** Their chat with the bot. */
  directChat(): Chat;
  send(chat: Chat, text: string, options?: SendOptions): ChatMessage;
  edit(message: ChatMessage, text: string): ChatMessage;
  /** Deletes for everyone; bots are not told. */
  delete(message: ChatMessage): void;
  /** Presses a button by its label or its place. An old look of a message still has its old buttons. */
  press(chat: Chat, message: ChatMessage, button: string | number): Promise<CallbackAnswer>;
  react(message: ChatMessage, emoji: string): void;
  /** Presses Stop at the draft on the screen. */
  stopsDraft(chat: Chat): void;
  joins(chat: Chat): ChatMessage;
  leaves(chat: Chat): ChatMessage;
  pins(message: ChatMessage): ChatMessage;
  /** The menu of commands that they see. */
  commands(chat: Chat): readonly Command[];
};

export type Stage = {
  readonly world: World;
  readonly updates: Updates;
  readonly callbacks: Callbacks;
  readonly commands: Commands;
  readonly files: Files;
  /** False: the bot sees only what is meant for it in groups. */
  readonly readsAll: boolean;
  chat(state: ChatState): Chat;
};

export function createPerson(stage: Stage, user: WireUser): Person {
  const { world, updates, callbacks, files } = stage;
  const stateOf = (chat: number): ChatState => {
    const state = world.chats.get(chat);
    if (!state) throw new Error(`There is no chat ${chat}`);
    return state;
  };
  const tell = (state: ChatState, kind: string, message: ChatMessage) => {
    if (state.bot === 'kicked' || state.bot === 'blocked') return;
    if (stage.readsAll || isForBot(world, state, message)) updates.add({ [kind]: message.wire });
  };
  const serve = (state: ChatState, service: string, content: unknown, replyTo?: ChatMessage) => {
    const fields = { [service]: content };
    const message = world.send(state, { from: user, text: '', entities: [], service, fields, replyTo });
    tell(state, 'message', message);
    return message;
  };
  const checkPresent = (state: ChatState) => {
    if (state.type === 'private' ? state.id !== user.id : !state.members.has(user.id)) {
      throw new Error(`${user.first_name} is not in ${state.title}`);
    }
  };

  return {
    id: user.id,
    name: user.first_name,
    user,
    directChat() {
      const { id, first_name: title, username } = user;
      return stage.chat(world.chats.get(id) ?? world.open({ type: 'private', id, title, username }));
    },
    send(chat, text, options = {}) {
      const state = stateOf(chat.id);
      checkPresent(state);
      const message = world.send(state, compose({ files, state, from: user, text, options }));
      tell(state, 'message', message);
      return message;
    },
    edit(message, text) {
      const state = stateOf(message.chat);
      const current = state.messages.get(message.id) ?? message;
      const edited = world.edit(state, current, finish({ text, entities: [] }));
      tell(state, 'edited_message', edited);
      return edited;
    },
    delete: (message) => world.remove(stateOf(message.chat), message, 'person'),
    press(chat, message, wanted) {
      const state = stateOf(chat.id);
      checkPresent(state);
      const current = state.messages.get(message.id);
      const button = find(current, wanted) ?? find(message, wanted);
      if (!button) throw new Error(`There is no button ${JSON.stringify(wanted)}`);
      if (button.data === undefined) throw new Error(`The button ${button.text} tells the bot nothing`);
      const { id, answer } = callbacks.ask(chat.id);
      const gone = { chat: message.wire.chat, message_id: message.id, date: 0 };
      const query = { id, from: user, message: current?.wire ?? gone, chat_instance: `c${chat.id}` };
      updates.add({ callback_query: { ...query, data: button.data } });
      return answer;
    },
    react(message, emoji) {
      const state = stateOf(message.chat);
      if (state.type !== 'private' && state.bot !== 'administrator') return;
      const { chat, date, message_id } = message.wire;
      const reaction = { chat, message_id, user, date, old_reaction: [] };
      updates.add({ message_reaction: { ...reaction, new_reaction: [{ type: 'emoji', emoji }] } });
    },
    stopsDraft(chat) {
      const state = stateOf(chat.id);
      const draft = chat.draft();
      if (!draft?.canStop) throw new Error('There is no draft with a Stop button');
      world.stopDraft(state, draft);
      const { id: draft_id, thread } = draft;
      const content: Content = {
        chat: { id: user.id, type: 'private', first_name: user.first_name },
        draft_id,
      };
      updates.add({
        stopped_message_generation:
          thread === undefined ? content : { ...content, message_thread_id: thread },
      });
    },
    joins(chat) {
      const state = stateOf(chat.id);
      state.members.set(user.id, { user, status: 'member' });
      return serve(state, 'new_chat_members', [user]);
    },
    leaves(chat) {
      const state = stateOf(chat.id);
      state.members.delete(user.id);
      return serve(state, 'left_chat_member', user);
    },
    pins: (message) => serve(stateOf(message.chat), 'pinned_message', message.wire),
    commands: (chat) => stage.commands.seenBy(user, stateOf(chat.id)),
  };
}

function find(message: ChatMessage | undefined, wanted: string | number): Button | undefined {
  const buttons = message?.buttons.flat() ?? [];
  return typeof wanted === 'number' ? buttons[wanted] : buttons.find(({ text }) => text === wanted);
}
