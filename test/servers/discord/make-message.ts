import { EPHEMERAL, SILENT } from './check-message.ts';
import { buttonsIn, menusIn, withIds } from './components.ts';
import { findMentions, findPinged } from './mentions.ts';
import type { Attachment, ChatMessage, Origin } from './message.ts';
import type { ChannelState } from './state.ts';
import type { Json, WireUser } from './wire.ts';

export const LOADING = 128;

export type NewMessage = {
  readonly from: WireUser;
  readonly text: string;
  readonly type?: number;
  readonly embeds?: readonly Json[];
  readonly components?: readonly Json[];
  readonly attachments?: readonly Attachment[];
  readonly replyTo?: ChatMessage | undefined;
  readonly flags?: number;
  readonly allowed?: Json | undefined;
  readonly nonce?: string | number | undefined;
  readonly origin?: Origin;
  /** Where another message began a thread, its id in the channel above. */
  readonly id?: string;
};

export type Change = Partial<
  Pick<ChatMessage, 'text' | 'embeds' | 'components' | 'attachments' | 'flags' | 'reactions' | 'thread'>
> & { readonly allowed?: Json | undefined };

const REPLY = 19;

type Place = {
  readonly channel: ChannelState;
  readonly nowMs: number;
  readonly newId: string;
  readonly isUser: (id: string) => boolean;
};

export function makeMessage({ channel, nowMs, newId, isUser }: Place, content: NewMessage): ChatMessage {
  const { from, text, embeds = [], attachments = [], replyTo, flags = 0, allowed, nonce, origin } = content;
  const components = withIds(content.components ?? []);
  const told = findMentions({ channel, author: from.id, text, allowed, replied: replyTo?.from.id, isUser });
  const visibleTo = (flags & EPHEMERAL) === 0 ? undefined : origin?.person;
  const silent = (flags & SILENT) !== 0;
  const rings = !silent && visibleTo === undefined && (flags & LOADING) === 0 && origin?.type !== 2;
  return {
    channel: channel.id,
    id: content.id ?? newId,
    type: content.type ?? (replyTo ? REPLY : 0),
    from: { id: from.id, name: from.global_name ?? from.username, isBot: from.bot === true },
    text,
    embeds,
    components,
    buttons: buttonsIn(components),
    menus: menusIn(components),
    attachments,
    replyTo: replyTo?.id,
    flags,
    silent,
    loading: (flags & LOADING) !== 0,
    visibleTo,
    ...told,
    pings: rings ? findPinged(channel, from.id, told) : [],
    nonce,
    origin,
    thread: undefined,
    reactions: [],
    editedTimes: 0,
    editedAtMs: undefined,
    sentAtMs: nowMs,
  };
}

/** The message after an edit, which rings no phone. The first edit of a loading one is no edit to people. */
export function changeMessage(
  { channel, nowMs, isUser }: Place,
  message: ChatMessage,
  change: Change,
): ChatMessage {
  const { allowed, components: rows, ...shown } = change;
  const components = rows ? withIds(rows) : message.components;
  const replied = message.replyTo === undefined ? undefined : channel.messages.get(message.replyTo);
  const told =
    shown.text === undefined
      ? {}
      : findMentions({
          channel,
          author: message.from.id,
          text: shown.text,
          allowed,
          replied: replied && message.mentions.includes(replied.from.id) ? replied.from.id : undefined,
          isUser,
        });
  const written = rows !== undefined || 'text' in shown || 'embeds' in shown || 'attachments' in shown;
  const counts = written && !message.loading;
  const flags = (shown.flags ?? message.flags) & (written ? ~LOADING : ~0);
  return {
    ...message,
    ...shown,
    ...told,
    components,
    buttons: buttonsIn(components),
    menus: menusIn(components),
    flags,
    loading: (flags & LOADING) !== 0,
    editedTimes: message.editedTimes + (counts ? 1 : 0),
    editedAtMs: counts ? nowMs : message.editedAtMs,
  };
}
