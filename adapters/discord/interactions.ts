import { InteractionResponseType as Callback, InteractionType, MessageFlags } from 'discord.js';
import { unknownCommand } from '../../src/attend/giving.ts';
import { findCommand } from '../../src/chat/commands.ts';
import type { Front } from '../../src/chat/front.ts';
import type { Address } from '../../src/chat/message.ts';
import { toFailure } from '../../src/errors.ts';
import { isServed, type Role, type Standing } from '../../src/people/role.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Store } from '../../src/ports/store.ts';
import { type About, aboutWindow, readAbout, readWindow } from './about.ts';
import type { Acknowledge } from './acknowledge.ts';
import { addressOf } from './address.ts';
import { type Ask, readAsked } from './ask.ts';
import { type AttendInteraction, isTurnedAway } from './attend-interaction.ts';
import { choicesFor } from './autocomplete.ts';
import { ABOUT, ASK } from './command-table.ts';
import type { DirectChatOf } from './direct-chats.ts';
import { type PressNeeds, pressedOn } from './press.ts';
import { type Interaction, readInteraction } from './read-interaction.ts';
import type { RespondBy } from './respond.ts';

/** A window that is left open for longer is forgotten. */
const ABOUT_MS = 3_600_000;
/** Buttons below an answer name its job; those below a command's words do not. */
const OF_JOB = /^[sawoeyr]:/;
const HELP = 'help';

type Needs = {
  readonly front: Front;
  readonly acknowledge: Acknowledge;
  readonly interactions: AttendInteraction;
  readonly ask: Ask;
  readonly respondBy: RespondBy;
  readonly press: PressNeeds;
  readonly directChatOf: DirectChatOf;
  /** Somebody was served there. */
  readonly meet: (interaction: Interaction, address: Address) => Promise<void>;
  readonly store: Store;
  /** The id of the bot. */
  readonly bot: string;
  readonly clock: Clock;
  readonly logger: Logger;
};

/**
 * Does what follows from an interaction; each is acknowledged at once, whatever else takes long. It changes something
 * only in its `turn`: what was written before it in its channel comes first. Never throws.
 */
type TakeInteraction = (given: unknown, turn: Promise<void>) => Promise<void>;

export function createInteractions(needs: Needs): TakeInteraction {
  const { front, acknowledge, interactions, ask, respondBy, press, directChatOf, meet, store, bot } = needs;
  const { clock, logger } = needs;
  /** What a window sends can be forged: it opens only what its own person chose. */
  const aboutKey = ({ presence }: Interaction, id: string) => `discord:about:${presence.person.id}:${id}`;

  async function command(interaction: Interaction, name: string, argument: string): Promise<void> {
    const { presence, isGuild } = interaction;
    const standing = await interactions.standingOf(interaction);
    const isPrivate = isGuild && (!findCommand(name)?.isForAll || isTurnedAway(standing));
    const flags = isPrivate ? MessageFlags.Ephemeral : 0;
    if (!(await acknowledge(interaction, Callback.DeferredChannelMessageWithSource, { flags }))) return;
    const { address } = presence;
    const respond = respondBy(address, interaction.via(isPrivate));
    if (!findCommand(name)) return respond.said({ markdown: unknownCommand(name, roleOf(standing)) });
    await interactions.take(interaction, { address, respond }, { kind: 'command', name, argument });
    if (standing !== undefined && isServed(standing)) await meet(interaction, address);
  }

  /** Asks what somebody wants to know of the message. */
  async function openWindow(interaction: Interaction): Promise<void> {
    const about = readAbout(interaction, bot);
    const standing = await interactions.standingOf(interaction);
    if (!about || isTurnedAway(standing)) return command(interaction, HELP, '');
    const kept = store.set(aboutKey(interaction, interaction.id), about, ABOUT_MS).catch((error: unknown) => {
      logger.warn({ ...toFailure(error) }, 'what a question is about could not be kept');
    });
    await acknowledge(interaction, Callback.Modal, aboutWindow(interaction));
    await kept;
  }

  async function askAbout(interaction: Interaction): Promise<void> {
    const written = readWindow(interaction);
    await ask(interaction, false, async (fail) => {
      const about = written && (await store.get(aboutKey(interaction, written.id)).catch(() => undefined));
      if (written && about) return { text: written.question, isPrivate: false, ...(about as About) };
      fail({ code: 'bad_input', message: 'I no longer know that message.', hint: 'Choose it once more.' });
      return undefined;
    });
  }

  /** A private answer belongs to its person's direct chat, wherever it is shown. */
  async function addressOfPress({ presence, isGuild, message }: Interaction, data: string): Promise<Address> {
    if (!isGuild || !message?.isPrivate || !OF_JOB.test(data)) return presence.address;
    return directChatOf(presence.person.id).then(
      (channel) => addressOf(channel),
      () => presence.address,
    );
  }

  async function pressed(interaction: Interaction): Promise<void> {
    const { data, message } = interaction;
    if (!(await acknowledge(interaction, Callback.DeferredMessageUpdate))) return;
    const pressedData = data.values?.[0] ?? data.custom_id;
    if (!message || pressedData === undefined) return;
    const address = await addressOfPress(interaction, pressedData);
    const via = interaction.via(message.isPrivate);
    const did = pressedOn({ data: pressedData, message: message.id, address, via }, press);
    const respond = respondBy(address, interaction.via(true));
    await interactions.take(interaction, { address, respond }, did);
  }

  async function complete(interaction: Interaction): Promise<void> {
    const standing = await interactions.standingOf(interaction);
    const isKnown = standing !== undefined && isServed(standing);
    const choices = isKnown ? choicesFor(interaction.data, front) : [];
    await acknowledge(interaction, Callback.ApplicationCommandAutocompleteResult, { choices });
  }

  async function take(interaction: Interaction): Promise<void> {
    const { type, data } = interaction;
    switch (type) {
      case InteractionType.ApplicationCommand: {
        if (data.name === ABOUT) return openWindow(interaction);
        if (data.name !== ASK) return command(interaction, data.name ?? '', argumentOf(data));
        const asked = readAsked(interaction);
        return ask(interaction, asked.isPrivate, async () => asked);
      }
      case InteractionType.MessageComponent:
        return pressed(interaction);
      case InteractionType.ApplicationCommandAutocomplete:
        return complete(interaction);
      case InteractionType.ModalSubmit:
        return askAbout(interaction);
    }
  }

  return async (given, turn) => {
    const interaction = readInteraction(given, clock.wall(), turn);
    if (!interaction) return logger.debug({}, 'an interaction that cannot be read is left aside');
    try {
      await take(interaction);
    } catch (error) {
      logger.error(
        { interaction: interaction.id, ...toFailure(error) },
        'an interaction could not be handled',
      );
    }
  };
}

/** Until it is known who somebody is, they are one of many. */
function roleOf(standing: Standing | undefined): Role {
  return standing !== undefined && isServed(standing) ? standing : 'user';
}

function argumentOf({ options = [] }: Interaction['data']): string {
  return String(options[0]?.value ?? '');
}
