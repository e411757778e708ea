import { type Asking, createAsking } from './ask.ts';
import type { Channel } from './channel.ts';
import { INTENTS } from './intents.ts';
import type { ChatMessage } from './message.ts';
import { openDirect } from './open-channel.ts';
import { may } from './permissions.ts';
import { renderMember } from './render.ts';
import { checkPresent, type Stage, stateOf } from './stage.ts';
import type { ChannelState, UserState } from './state.ts';
import { openThread, wakeThread } from './threads.ts';
import type { WireUser } from './wire.ts';

const SILENT = 4_096;
const LONGEST_TEXT = 2_000;

type SendOptions = {
  readonly replyTo?: ChatMessage;
  /** False: the reply does not mention whom it answers. */
  readonly pingReplied?: boolean;
  readonly attachments?: readonly {
    readonly name: string;
    readonly type?: string;
    readonly bytes?: Uint8Array;
  }[];
  readonly silent?: boolean;
};

/** Somebody who uses Discord. Everything that they do reaches the bot as it would. */
export type Person = Asking & {
  readonly id: string;
  readonly name: string;
  readonly user: WireUser;
  /** How others mention them in a text. */
  readonly mention: string;
  /** Their chat with the bot. */
  directChat(): Channel;
  /** What they see in a channel. */
  sees(channel: Channel): readonly ChatMessage[];
  send(channel: Channel, text: string, options?: SendOptions): ChatMessage;
  edit(message: ChatMessage, text: string): ChatMessage;
  delete(message: ChatMessage): void;
  react(message: ChatMessage, emoji: string): void;
  startTyping(channel: Channel): void;
  /** Opens a thread, at a message or at none. */
  openThread(channel: Channel, name: string, message?: ChatMessage): Channel;
  /** False: the bot can write to them no longer. */
  acceptDirect(accept: boolean): void;
};

export function createPerson(stage: Stage, state: UserState): Person {
  const { world } = stage;
  const { user } = state;
  const find = (id: string): ChannelState => {
    const channel = stateOf(stage, id);
    checkPresent(channel, user.id);
    return channel;
  };
  const checkSending = (channel: ChannelState) => {
    if (channel.guild && !may(channel, user.id, channel.thread ? 'sendInThreads' : 'send')) {
      throw new Error(`${user.username} may not write in ${channel.name}`);
    }
  };
  const checkText = (text: string) => {
    if ([...text].length > LONGEST_TEXT) throw new Error(`People write ${LONGEST_TEXT} characters at most`);
  };
  const own = (message: ChatMessage) => {
    if (message.from.id !== user.id) throw new Error('People change only what they wrote');
    return find(message.channel);
  };

  return {
    ...createAsking(stage, state),
    id: user.id,
    name: user.global_name ?? user.username,
    user,
    mention: `<@${user.id}>`,
    directChat() {
      const channel = openDirect(world, user.id);
      if (!channel) throw new Error(`${user.username} is nobody`);
      return stage.channel(channel);
    },
    sees: (channel) => channel.messages(user),
    send(channel, text, { replyTo, pingReplied = true, attachments = [], silent = false } = {}) {
      const to = find(channel.id);
      checkSending(to);
      checkText(text);
      if (text.trim() === '' && attachments.length === 0) throw new Error('An empty message cannot be sent');
      wakeThread(world, to);
      const allowed = { parse: ['users', 'roles', 'everyone'], replied_user: pingReplied };
      const files = attachments.map(
        ({ name, type = 'application/octet-stream', bytes = new Uint8Array(1) }) =>
          world.files.add({ name, type, bytes }),
      );
      return world.post(to, {
        from: user,
        text: text.trim(),
        replyTo,
        allowed,
        attachments: files,
        flags: silent ? SILENT : 0,
      });
    },
    edit(message, text) {
      const channel = own(message);
      checkText(text);
      return world.edit(channel, channel.messages.get(message.id) ?? message, { text });
    },
    delete: (message) => world.remove(own(message), [message], 'person'),
    react(message, emoji) {
      const channel = find(message.channel);
      const now = channel.messages.get(message.id) ?? message;
      const by = now.reactions.find((one) => one.emoji === emoji)?.by ?? [];
      const others = now.reactions.filter((one) => one.emoji !== emoji);
      world.react(channel, now, [...others, { emoji, by: [...by, user.id] }]);
      const { guild } = channel;
      const member = guild?.members.get(user.id);
      const data = () => ({
        user_id: user.id,
        channel_id: channel.id,
        message_id: now.id,
        message_author_id: now.from.id,
        emoji: { id: null, name: emoji },
        burst: false,
        type: 0,
        ...(guild && { guild_id: guild.id }),
        ...(member && { member: renderMember(member) }),
      });
      const intent = guild ? INTENTS.guildReactions : INTENTS.directReactions;
      world.tell({ name: 'MESSAGE_REACTION_ADD', intent, data }, channel);
    },
    startTyping: (channel) => world.type(find(channel.id), user.id),
    openThread: (channel, name, message) =>
      stage.channel(openThread(world, find(channel.id), { name, owner: user, message })),
    acceptDirect(accept) {
      state.acceptsDirect = accept;
    },
  };
}
