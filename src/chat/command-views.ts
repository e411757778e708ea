import type { Role } from '../people/role.ts';
import type { Choice, Command } from './command.ts';
import { commandsFor } from './commands.ts';
import type { Front } from './front.ts';

/** A command of the table, as a front that shows lists of them needs it. */
export type CommandView = Pick<Command, 'name' | 'description' | 'who'> & {
  readonly argument?: { readonly name: string; readonly choices?: readonly Choice[] };
};

/** The commands that somebody may give, in the order of the table. */
export function viewsFor(role: Role, front: Front): readonly CommandView[] {
  return commandsFor(role).map((command) => {
    const { name, description, who, argument } = command;
    if (argument === undefined) return { name, description, who };
    const choices = argument.choices?.(front);
    return { name, description, who, argument: { name: argument.name, ...(choices && { choices }) } };
  });
}
