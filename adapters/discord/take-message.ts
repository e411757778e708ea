import { Routes } from 'discord.js';
import type { Attend } from '../../src/attend/attend.ts';
import type { Deed } from '../../src/attend/happening.ts';
import type { Saying } from '../../src/attend/saying.ts';
import type { Front } from '../../src/chat/front.ts';
import type { Address, Message } from '../../src/chat/message.ts';
import { OstlerError } from '../../src/errors.ts';
import type { Presence } from '../../src/people/presence.ts';
import { isServed } from '../../src/people/role.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { addressOf, channelOf } from './address.ts';
import type { Marks } from './marks.ts';
import {
  aMember,
  aMessage,
  type DiscordChannel,
  type DiscordMember,
  type DiscordMessage,
} from './payloads.ts';
import { isTextChannel, isThread, type Places } from './places.ts';
import { type Content, hasThread, isMeant, personOf, readContent, sentAt } from './read-message.ts';
import type { BotIdentity } from './read-text.ts';
import type { Request } from './request.ts';
import type { Threads } from './threads.ts';

type Needs = {
  readonly front: Pick<Front, 'standingOf'>;
  readonly attend: Attend;
  readonly say: Saying;
  readonly bot: string;
  readonly places: Places;
  readonly threads: Threads;
  readonly marks: Marks;
  readonly request: Request;
  /** Asked for with every message. */
  readonly options: () => { readonly threads: boolean; readonly readsAll: boolean };
  readonly logger: Logger;
};

/** A message, or how it is now. `guild` where the message itself does not say it. */
type Given = { readonly message: unknown; readonly isEdit: boolean; readonly guild?: string | undefined };
type Meant = {
  readonly sent: DiscordMessage;
  readonly bot: BotIdentity;
  readonly place: DiscordChannel | undefined;
  readonly isEdit: boolean;
};

/** Does what follows from a message. Resolves once that is durable. Throws an OstlerError where it must come again. */
type TakeMessage = (given: Given) => Promise<void>;

export function createTakeMessage(needs: Needs): TakeMessage {
  const { front, attend, say, places, threads, marks, request, options, logger } = needs;

  /** Undefined: it is not for us. */
  async function meantFor(sent: DiscordMessage, isEdit: boolean): Promise<Meant | undefined> {
    const { guild_id: guild, channel_id: channel } = sent;
    const bot = { id: needs.bot, role: guild === undefined ? undefined : places.ownRole(guild) };
    const meant = isMeant(sent, bot, options().readsAll);
    if (meant === 'no') return undefined;
    const place = guild === undefined ? undefined : await places.find(channel);
    const isOwnThread = place !== undefined && isThread(place) && place.owner_id === bot.id;
    if (meant === 'perhaps' && !isOwnThread) return undefined;
    return { sent, bot, place, isEdit };
  }

  /** Messages that were fetched do not say it. */
  async function memberOf({
    guild_id: guild,
    author,
    member,
  }: DiscordMessage): Promise<DiscordMember | undefined> {
    if (guild === undefined || member !== undefined) return member;
    try {
      const found = await request((rest, signal) =>
        rest.get(Routes.guildMember(guild, author.id), { signal }),
      );
      return aMember.safeParse(found).data;
    } catch (error) {
      if (error instanceof OstlerError && error.retryable) throw error;
      return undefined;
    }
  }

  async function presenceOf({ sent, place }: Meant): Promise<Presence> {
    const { guild_id: guild, channel_id: channel, author } = sent;
    const member = await memberOf(sent);
    const parent = place && isThread(place) ? place.parent_id : undefined;
    return {
      address: parent === undefined ? addressOf(channel) : addressOf(parent, channel),
      person: personOf(author, member),
      kind: guild === undefined ? 'direct' : 'group',
      places: [guild, channel, parent].filter((id) => id !== undefined),
      roles: member?.roles ?? [],
    };
  }

  /** The thread in which the message is answered, where it began one of ours or shall begin one. */
  async function ownThread({ sent, place, bot, isEdit }: Meant, text: string): Promise<string | undefined> {
    if (!place || !isTextChannel(place)) return undefined;
    if (hasThread(sent)) return (await places.find(sent.id))?.owner_id === bot.id ? sent.id : undefined;
    if (isEdit || !options().threads) return undefined;
    return (await threads.open(sent.channel_id, sent.id, text)) ? sent.id : undefined;
  }

  function deedOf(
    { sent, isEdit }: Meant,
    content: Exclude<Content, { kind: 'nothing' }>,
    presence: Presence,
  ): Deed {
    if (content.kind === 'unreadable') return { kind: 'unreadable', what: content.what };
    const { address, person, kind } = presence;
    const message: Message = { id: sent.id, address, person, kind, sentAt: sentAt(sent), ...content.content };
    if (!isEdit) return { kind: 'asked', message };
    return { kind: 'edited', message, editId: `${sent.id}.e${Date.parse(sent.edited_timestamp ?? '')}` };
  }

  /** From now on what is written there is caught up with. */
  async function meet(sent: DiscordMessage, address: Address): Promise<void> {
    const { guild_id, channel_id, id } = sent;
    const place = guild_id === undefined ? {} : { guild: guild_id };
    await marks.meet({ channel: channel_id, last: id, ...place });
    const thread = channelOf(address);
    if (thread !== channel_id) await marks.meet({ channel: thread, last: id, ...place });
  }

  return async ({ message, isEdit, guild }) => {
    const { data } = aMessage.safeParse(message);
    if (!data) return logger.debug({}, 'a message that cannot be read is left aside');
    // Discord also reports as changed what nobody edited: a thread that began at it, a preview of a link.
    if (isEdit && data.edited_timestamp === undefined) return;
    const sent = guild === undefined ? data : { ...data, guild_id: guild };
    const meant = await meantFor(sent, isEdit);
    const content = meant && readContent(sent, meant.bot);
    if (!meant || !content || content.kind === 'nothing') return;
    if (isEdit && content.kind === 'unreadable') return;
    const presence = await presenceOf(meant);
    const served = isServed(await front.standingOf(presence));
    const text = content.kind === 'question' ? content.content.text : '';
    const thread = served ? await ownThread(meant, text) : undefined;
    const address: Address = thread === undefined ? presence.address : addressOf(sent.channel_id, thread);
    const there = { ...presence, address };
    const replyTo = presence.kind === 'group' && thread === undefined ? sent.id : undefined;
    const told = await attend({
      presence: there,
      id: isEdit ? `${sent.id}.e${sent.edited_timestamp}` : sent.id,
      isAdmin: async () => false,
      respond: say({ address }, { group: presence.kind === 'group', replyTo }),
      did: deedOf(meant, content, there),
    });
    if (told) logger.info({ message: sent.id, ...told.fields }, told.what);
    if (served && !isEdit) await meet(sent, address);
  };
}
