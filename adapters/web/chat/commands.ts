import { unknownCommand } from '../../../src/attend/giving.ts';
import { type Command, giveCommand, type Said } from '../../../src/chat/command.ts';
import type { Front } from '../../../src/chat/front.ts';
import type { Address } from '../../../src/chat/message.ts';
import { OstlerError } from '../../../src/errors.ts';
import type { Caller } from '../../../src/people/presence.ts';
import { isServed, type Role } from '../../../src/people/role.ts';
import type { WebFailure } from '../failure.ts';

/** Whoever opened the page is one person, and so is the terminal. Throws `forbidden`. */
export async function callerOf(front: Front, address: Address): Promise<Caller> {
  const person = { id: address.platform };
  const standing = await front.standingOf({ address, person, kind: 'direct', places: [], roles: [] });
  if (isServed(standing)) return { address, person, role: standing };
  throw new OstlerError('You are not served here.', {
    code: 'forbidden',
    hint: 'The owner of this Ostler decides who is.',
  });
}

type Given = { readonly id: string; readonly argument: string };

/** Gives a command in the caller's own chat. Throws an OstlerError that says what is wrong. */
export function give(command: Command, front: Front, caller: Caller, { id, argument }: Given): Promise<Said> {
  return giveCommand(command, {
    front,
    ...caller,
    kind: 'direct',
    id: `${caller.address.platform}-${id}`,
    argument,
    isAdmin: async () => false,
  });
}

/** The first sentence says what is wrong, the others what to do. */
export function unknownFailure(name: string, role: Role): WebFailure {
  const words = unknownCommand(name, role);
  const end = words.indexOf('.') + 1;
  return { code: 'not_found', message: words.slice(0, end), hint: words.slice(end).trim() };
}
