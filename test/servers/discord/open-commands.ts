import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ButtonStyle,
  ComponentType,
  Events,
  type Interaction,
} from 'discord.js';
import { openClient, openDiscord, soon } from './open-discord.ts';

export const COMMANDS = [
  {
    name: 'ask',
    description: 'Asks a model',
    options: [
      {
        name: 'text',
        description: 'The question',
        type: ApplicationCommandOptionType.String,
        required: true,
      },
    ],
  },
  {
    name: 'model',
    description: 'Chooses the model',
    options: [
      {
        name: 'name',
        description: 'Its name',
        type: ApplicationCommandOptionType.String,
        autocomplete: true,
      },
    ],
  },
  { name: 'Ask Ostler about this', type: ApplicationCommandType.Message },
] as const;

/** A client with commands, and the interactions that reach it. */
export async function openCommands(now?: () => number) {
  const opened = await openDiscord(now ? { now } : {});
  const client = await openClient(opened.discord);
  await client.application.commands.set(COMMANDS);
  const arrived: Interaction[] = [];
  client.on(Events.InteractionCreate, (interaction) => void arrived.push(interaction));
  /** The interaction that came last, once there are so many. */
  const next = async (count = 1) => {
    await soon(() => arrived.length).toBe(count);
    const interaction = arrived.at(-1);
    if (!interaction?.isRepliable()) throw new Error('not repliable');
    return interaction;
  };
  const clickable = async (channel = opened.channel) => {
    const target = await client.channels.fetch(channel.id);
    if (!target?.isSendable()) throw new Error('not sendable');
    const button = {
      type: ComponentType.Button,
      style: ButtonStyle.Primary,
      label: 'Stop',
      custom_id: 's:1',
    };
    await target.send({ content: 'with a button', components: [{ type: 1, components: [button] } as never] });
    const message = channel.fromBot().at(-1);
    if (!message) throw new Error('nothing was sent');
    return message;
  };
  return { ...opened, client, arrived, next, clickable };
}
