import type { ChatState } from './chat-state.ts';
import type { Events } from './events.ts';
import { makeMessage, type NewMessage, rewire, unixSeconds } from './make-message.ts';
import type { Markup } from './markup.ts';
import type { ChatMessage, Draft, HistoryEntry } from './message.ts';
import type { ChatType, Content, WireUser } from './wire.ts';

const FIRST_GROUP_ID = 4_000_000_001;
/** The first message of a supergroup says that it was made. */
const AFTER_CREATION = 2;
const FIRST_SUPERGROUP_ID = 1_000_000_000_001;
/** The ids of the first groups and supergroups that are made, however many tests need. */
export const FIRST_GROUPS: readonly number[] = [FIRST_GROUP_ID, FIRST_SUPERGROUP_ID].flatMap((first) =>
  Array.from({ length: 10 }, (_, index) => -(first + index)),
);

type Change = Partial<Pick<ChatMessage, 'text' | 'entities' | 'html' | 'reactions' | 'linkPreview'>> & {
  readonly markup?: Markup;
  readonly fields?: Content;
};

type NewChat = {
  readonly type: ChatType;
  readonly title: string;
  readonly id?: number;
  readonly username?: string | undefined;
  readonly isForum?: boolean;
};

/** All chats and persons, and what is written in them. */
export type World = {
  readonly bot: WireUser;
  readonly users: Map<number, WireUser>;
  readonly chats: ReadonlyMap<number, ChatState>;
  now(): number;
  open(chat: NewChat): ChatState;
  send(state: ChatState, content: NewMessage): ChatMessage;
  edit(state: ChatState, message: ChatMessage, change: Change): ChatMessage;
  react(state: ChatState, message: ChatMessage, reactions: readonly string[]): void;
  remove(state: ChatState, message: ChatMessage, by: 'bot' | 'person'): void;
  showDraft(state: ChatState, draft: Draft): void;
  stopDraft(state: ChatState, draft: Draft): void;
  act(state: ChatState, action: string, thread: number | undefined): void;
};

/** A chat's history keeps its last `keep` entries. */
export function createWorld(parts: {
  readonly bot: WireUser;
  readonly events: Events;
  readonly now: () => number;
  readonly keep: number;
}): World {
  const { bot, events, now, keep } = parts;
  const chats = new Map<number, ChatState>();
  const count = (from: number) => {
    let last = from - 1;
    return () => {
      last += 1;
      return last;
    };
  };
  /** Private chats and basic groups share the bot's own count. */
  const sharedMessageId = count(1);
  const groupId = count(FIRST_GROUP_ID);
  const supergroupId = count(FIRST_SUPERGROUP_ID);

  const note = (state: ChatState, entry: HistoryEntry) => {
    state.history.push(entry);
    if (state.history.length > 2 * keep) state.history.splice(0, state.history.length - keep);
  };
  const change = (
    type: 'sent' | 'edited' | 'deleted',
    state: ChatState,
    message: ChatMessage,
    by: 'bot' | 'person',
  ) => {
    note(state, { type, by, message, atMs: now() });
    events.emit({ type, by, chat: state.id, message });
  };
  const authorOf = ({ from }: ChatMessage) => (from.id === bot.id ? 'bot' : 'person');

  return {
    bot,
    users: new Map(),
    chats,
    now,
    open({ type, title, username, isForum = false, id }) {
      const own = type === 'supergroup' || type === 'channel';
      const state: ChatState = {
        id: id ?? -(own ? supergroupId() : groupId()),
        type,
        title,
        username,
        isForum,
        members: new Map(),
        topics: new Map(),
        messages: new Map(),
        history: [],
        nextMessageId: own ? count(AFTER_CREATION) : sharedMessageId,
        bot: 'member',
        draft: undefined,
        stoppedDrafts: new Set(),
        action: undefined,
      };
      chats.set(state.id, state);
      return state;
    },
    send(state, content) {
      const message = makeMessage(state, content, now());
      state.messages.set(message.id, message);
      const by = content.from.id === bot.id ? 'bot' : 'person';
      if (by === 'bot') state.action = undefined;
      if (by === 'bot') state.draft = undefined;
      change('sent', state, message, by);
      return message;
    },
    edit(state, message, { markup, fields, ...shown }) {
      const edited: ChatMessage = {
        ...message,
        ...shown,
        ...(markup && { buttons: markup.buttons }),
        editedTimes: message.editedTimes + (shown.text === undefined ? 0 : 1),
        wire: rewire(
          { ...message, ...shown },
          { ...fields, edit_date: unixSeconds(), reply_markup: markup?.wire },
        ),
      };
      state.messages.set(edited.id, edited);
      change('edited', state, edited, authorOf(edited));
      return edited;
    },
    react(state, message, reactions) {
      const changed = { ...message, reactions };
      state.messages.set(changed.id, changed);
      note(state, { type: 'reaction', message: changed, atMs: now() });
      events.emit({ type: 'reaction', chat: state.id, message: changed });
    },
    remove(state, message, by) {
      state.messages.delete(message.id);
      change('deleted', state, message, by);
    },
    showDraft(state, draft) {
      state.draft = draft;
      note(state, { type: 'draft', draft, atMs: now() });
      events.emit({ type: 'draft', chat: state.id, draft });
    },
    stopDraft(state, draft) {
      state.stoppedDrafts.add(draft.id);
      if (!draft.keepOnStop) state.draft = undefined;
      note(state, { type: 'draft-stopped', draft, atMs: now() });
      events.emit({ type: 'draft-stopped', chat: state.id, draft });
    },
    act(state, action, thread) {
      state.action = { action, atMs: now() };
      note(state, { type: 'action', action, thread, atMs: now() });
      events.emit({ type: 'action', chat: state.id, action, thread });
    },
  };
}
