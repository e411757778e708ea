import {
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  ApplicationCommandOptionType as Option,
  type RESTPutAPIApplicationCommandsJSONBody,
} from 'discord.js';
import type { Command } from '../../src/chat/command.ts';
import { COMMANDS } from '../../src/chat/commands.ts';
import { oneLine } from '../../src/chat/one-line.ts';

/** What Discord alone has: a question as a command, and one about a message. */
export const ASK = 'ask';
export const ABOUT = 'Ask Ostler about this';
export const QUESTION = 'question';
export const MODEL = 'model';
export const IMAGE = 'image';
export const PRIVATE = 'private';

const LONGEST_DESCRIPTION = 100;

type Body = RESTPutAPIApplicationCommandsJSONBody;

/** The commands that Discord's clients offer. `everywhere`: also in direct chats. */
export function commandTable(everywhere: boolean): Body {
  const where = everywhere
    ? {
        contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
        integration_types: [ApplicationIntegrationType.GuildInstall],
      }
    : {};
  return [
    { ...askCommand(), ...where },
    { type: ApplicationCommandType.Message, name: ABOUT, ...where },
    ...COMMANDS.map((command) => ({ ...slashCommand(command), ...where })),
  ];
}

function slashCommand({ name, description, argument }: Command): Body[number] {
  return {
    type: ApplicationCommandType.ChatInput,
    name,
    description: oneLine(description, LONGEST_DESCRIPTION),
    ...(argument && {
      options: [
        {
          type: Option.String,
          name: argument.name,
          description: `The ${argument.name}`,
          autocomplete: argument.choices !== undefined,
        },
      ],
    }),
  };
}

function askCommand(): Body[number] {
  return {
    type: ApplicationCommandType.ChatInput,
    name: ASK,
    description: 'Ask a question that stands alone',
    options: [
      { type: Option.String, name: QUESTION, description: 'What you want to know', required: true },
      { type: Option.String, name: MODEL, description: 'Which model answers', autocomplete: true },
      { type: Option.Attachment, name: IMAGE, description: 'A picture that it is about' },
      { type: Option.Boolean, name: PRIVATE, description: 'Only you see the answer' },
    ],
  };
}
