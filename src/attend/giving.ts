import { type Call, giveCommand } from '../chat/command.ts';
import { commandsFor, findCommand } from '../chat/commands.ts';
import type { Front } from '../chat/front.ts';
import { nearest } from '../config/nearest.ts';
import type { Role } from '../people/role.ts';
import { failureToTell } from './comes-again.ts';
import type { Deed, Happening } from './happening.ts';

type Given = Extract<Deed, { kind: 'command' }>;

/** What a command of `happening` is called with. */
export function callOf(front: Front, happening: Omit<Happening, 'did'>, role: Role, argument: string): Call {
  const { presence, isAdmin } = happening;
  const { address, person, kind } = presence;
  const id = `${address.platform}-${happening.id}`;
  return { front, address, person, kind, id, argument, role, isAdmin };
}

/** Carries out a command, and says what it says. Throws where it must come again. */
export async function give(front: Front, happening: Happening, { name, argument }: Given, role: Role) {
  const { presence, respond } = happening;
  const command = findCommand(name);
  if (!command) {
    // In a group it may be meant for another bot.
    if (presence.kind === 'direct') respond.said({ markdown: unknownCommand(name, role) });
    return;
  }
  try {
    respond.said(await giveCommand(command, callOf(front, happening, role, argument)));
  } catch (error) {
    respond.failure(failureToTell(error));
  }
}

/** Names nothing that the person may not give. */
export function unknownCommand(name: string, role: Role): string {
  const near = nearest(
    name.toLowerCase(),
    commandsFor(role).map((command) => command.name),
  );
  const meant = near === undefined ? '' : `Did you mean /${near}? `;
  return `I do not know that command. ${meant}/help lists those that I know.`;
}
