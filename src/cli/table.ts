import type { Command } from 'commander';
import { COMMANDS } from '../chat/commands.ts';
import { CHAT, CONFIG_FLAGS, CONFIG_WORDS, chatName } from './options.ts';

/** What a terminal calls by the same name is something else: `start` runs the bot, `help` explains this program. */
const NOT_HERE = ['start', 'help'];

/** A command of the table as it was given. */
export type Given = {
  readonly name: string;
  readonly argument: string;
  readonly chat: string;
  readonly json?: true;
  readonly config?: string;
};

/** A subcommand for each command that chats have. */
export function addTable(program: Command, run: (given: Given) => Promise<void>): void {
  program.commandsGroup('Commands of every chat:');
  for (const { name, description, argument } of COMMANDS) {
    if (NOT_HERE.includes(name)) continue;
    const command = program
      .command(name)
      .description(description.charAt(0).toLowerCase() + description.slice(1))
      .option('--chat <name>', 'the conversation that is meant', chatName, CHAT)
      .option(
        '--json',
        'print one object: markdown, offer where something can be chosen, undone where it was not done; or error',
      )
      .option(CONFIG_FLAGS, CONFIG_WORDS);
    if (argument) command.argument(`[${argument.name}...]`);
    command.action(() =>
      run({ name, argument: command.args.join(' '), ...command.opts<Omit<Given, 'name' | 'argument'>>() }),
    );
  }
}
