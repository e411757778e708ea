import { InteractionResponseType as Callback, MessageFlags } from 'discord.js';
import type { Address, Message } from '../../src/chat/message.ts';
import { oneLine } from '../../src/chat/one-line.ts';
import { type Failure, toOstlerError } from '../../src/errors.ts';
import { isServed } from '../../src/people/role.ts';
import type { Acknowledge } from './acknowledge.ts';
import { addressOf } from './address.ts';
import { type AttendInteraction, isTurnedAway } from './attend-interaction.ts';
import { IMAGE, MODEL, PRIVATE, QUESTION } from './command-table.ts';
import type { DirectChatOf } from './direct-chats.ts';
import { passingPictures } from './pictures.ts';
import type { Interaction } from './read-interaction.ts';
import type { RespondBy } from './respond.ts';
import { timeOf } from './snowflake.ts';

/** No model is called more; people may write 6,000 characters, which an answer would quote. */
const LONGEST_MODEL = 200;
const NO_DIRECT_CHAT: Failure = {
  code: 'undeliverable',
  message: 'I cannot answer you privately.',
  hint: 'Allow direct messages from members of this server, or ask without private.',
};
const NOT_NOW: Failure = {
  code: 'unreachable',
  message: 'I cannot answer you privately now.',
  hint: 'Ask again in a moment.',
};

/** A question by a command. `isPrivate`: only its person may see the answer. */
type Asked = Pick<Message, 'text' | 'model' | 'quoted' | 'remoteImages'> & {
  readonly isPrivate: boolean;
};

type Fail = (failure: Failure) => void;

type Needs = {
  readonly acknowledge: Acknowledge;
  readonly interactions: AttendInteraction;
  readonly respondBy: RespondBy;
  readonly directChatOf: DirectChatOf;
  /** Somebody was served there. */
  readonly meet: (interaction: Interaction, address: Address) => Promise<void>;
};

/**
 * Takes a question that was asked by a command: "is thinking…" at once, then the answer in its place. One that
 * only its person may see belongs to their direct chat, and goes on there when the interaction has ended. `find` gets
 * the question while Discord waits no longer; undefined: its person was told why there is none. Never throws.
 */
export type Ask = (
  interaction: Interaction,
  isPrivate: boolean,
  find: (fail: Fail) => Promise<Asked | undefined>,
) => Promise<void>;

export function createAsk(needs: Needs): Ask {
  const { acknowledge, interactions, respondBy, directChatOf, meet } = needs;

  /** The channel waits for it: where it cannot be had now, its person is told. */
  async function directAddress({ presence }: Interaction, fail: Fail): Promise<Address | undefined> {
    try {
      return addressOf(await directChatOf(presence.person.id));
    } catch (error) {
      fail(toOstlerError(error).retryable ? NOT_NOW : NO_DIRECT_CHAT);
      return undefined;
    }
  }

  return async (interaction, isPrivate, find) => {
    const { presence, isGuild } = interaction;
    const standing = await interactions.standingOf(interaction);
    const isHidden = isPrivate || (isGuild && isTurnedAway(standing));
    const flags = isHidden ? MessageFlags.Ephemeral : 0;
    if (!(await acknowledge(interaction, Callback.DeferredChannelMessageWithSource, { flags }))) return;
    const via = interaction.via(isHidden);
    const respond = respondBy(presence.address, via);
    const asked = await find(respond.failure);
    if (!asked) return;
    const movesAway = isPrivate && isGuild && !isTurnedAway(standing);
    const address = movesAway ? await directAddress(interaction, respond.failure) : presence.address;
    if (!address) return;
    const { isPrivate: _, ...content } = asked;
    const message: Message = {
      id: interaction.id,
      address,
      person: presence.person,
      kind: movesAway ? 'direct' : presence.kind,
      images: [],
      standalone: true,
      sentAt: timeOf(interaction.id),
      via,
      ...content,
    };
    await interactions.take(interaction, { address, respond }, { kind: 'asked', message });
    if (standing !== undefined && isServed(standing)) await meet(interaction, address);
  };
}

/** The question of `/ask`. */
export function readAsked({ data }: Interaction): Asked {
  const { options = [], resolved } = data;
  const given = (name: string) => options.find((option) => option.name === name)?.value;
  const model = oneLine(String(given(MODEL) ?? ''), LONGEST_MODEL);
  const image = resolved?.attachments?.[String(given(IMAGE))];
  const pictures = image ? passingPictures([image]) : [];
  return {
    text: String(given(QUESTION) ?? ''),
    isPrivate: given(PRIVATE) === true,
    ...(model !== '' && { model }),
    ...(pictures.length > 0 && { remoteImages: pictures }),
  };
}
