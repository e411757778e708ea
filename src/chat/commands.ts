import { isBotAdmin, type Role } from '../people/role.ts';
import type { Command, Said } from './command.ts';
import { forgetCommand, newCommand, stopCommand } from './command-conversation.ts';
import { loadCommand } from './command-load.ts';
import { modelCommand } from './command-model.ts';
import { modelsCommand } from './command-models.ts';
import { approveCommand, blockCommand } from './command-people.ts';
import { pinCommand } from './command-pin.ts';
import { pullCommand } from './command-pull.ts';
import { reloadCommand } from './command-reload.ts';
import { retryCommand } from './command-retry.ts';
import { routeCommand } from './command-route.ts';
import { SIMULATED, statsCommand } from './command-stats.ts';
import { systemCommand } from './command-system.ts';
import { unloadCommand } from './command-unload.ts';
import { whyCommand } from './command-why.ts';

const GREETING = [
  'I am Ostler: ask me anything.',
  'The models of my owner answer, on their own Ollama; every answer says which one it was and why.',
  '/help lists the commands.',
];

const MANNERS = [
  'Any other message is a question. You can send text and pictures.',
  'In groups I answer when I am mentioned or replied to.',
];

const startCommand: Command = {
  name: 'start',
  description: 'Say what this is',
  who: 'everyone',
  run: async ({ front }) => paragraphs([...GREETING, ...(front.status().simulated ? [SIMULATED] : [])]),
};

const helpCommand: Command = {
  name: 'help',
  description: 'List the commands',
  who: 'everyone',
  async run({ role }) {
    return paragraphs([commandsFor(role).map(describeCommand).join('\n'), ...MANNERS]);
  },
};

/** The commands of every front, in the order in which people read them. */
export const COMMANDS: readonly Command[] = [
  startCommand,
  helpCommand,
  newCommand,
  stopCommand,
  retryCommand,
  modelCommand,
  modelsCommand,
  loadCommand,
  whyCommand,
  routeCommand,
  systemCommand,
  forgetCommand,
  statsCommand,
  unloadCommand,
  pinCommand,
  pullCommand,
  approveCommand,
  blockCommand,
  reloadCommand,
];

/** Those that somebody may give somewhere. */
export function commandsFor(role: Role): readonly Command[] {
  return COMMANDS.filter(({ who }) => who !== 'bot-admins' || isBotAdmin(role));
}

export function findCommand(name: string): Command | undefined {
  return COMMANDS.find((command) => command.name === name.toLowerCase());
}

function describeCommand({ name, description, argument, who }: Command): string {
  const named = argument === undefined ? `/${name}` : `/${name} \`${argument.name}\``;
  return `- ${named} – ${description}${who === 'group-admins' ? ' (in groups: admins only)' : ''}`;
}

function paragraphs(lines: readonly string[]): Said {
  return { markdown: lines.join('\n\n') };
}
