import { createHash } from 'node:crypto';
import type { Front } from './front.ts';
import type { Address, Message } from './message.ts';

const ID_CHARACTERS = 12;

/** A value that a command takes, and what people see of it in plain text. */
export type Choice = { readonly value: string; readonly label: string };

/** What a command answers: Markdown, and the choices to offer for an argument of `command`. */
export type Said = {
  /** Empty: say nothing, what was done is seen elsewhere. */
  readonly markdown: string;
  readonly offer?: { readonly command: string; readonly choices: readonly Choice[] };
};

/** Somebody gives a command. */
export type Call = {
  readonly front: Front;
  readonly address: Address;
  readonly person: Message['person'];
  readonly kind: Message['kind'];
  /** The same for the same call when it arrives twice. */
  readonly id: string;
  /** What stands after the command; empty: nothing. */
  readonly argument: string;
  /** Whether the person may decide for the whole group; false where that cannot be found out. */
  readonly isAdmin: () => Promise<boolean>;
};

export type Command = {
  /** Lower case letters only: every platform takes that. */
  readonly name: string;
  /** What people read in a list of commands. */
  readonly description: string;
  /** How the argument is called in help, and what it may be; without choices: any text. */
  readonly argument?: { readonly name: string; choices?(front: Front): readonly Choice[] };
  /** Who may give it in a group. */
  readonly inGroups: 'everyone' | 'admins';
  /** Throws an OstlerError that says what is wrong. */
  run(call: Call): Promise<Said>;
};

/** Said to whom `mayDecide` refuses. */
export const ADMINS_ONLY: Said = { markdown: 'Only the admins of this chat may do that.' };

/** Whether the person may decide for all who see the chat: in a direct chat that is one's own. */
export async function mayDecide({ kind, isAdmin }: Call): Promise<boolean> {
  return kind === 'direct' || (await isAdmin());
}

/** Runs a command for whoever may give it. Throws an OstlerError that says what is wrong. */
export async function giveCommand(command: Command, call: Call): Promise<Said> {
  if (command.inGroups === 'admins' && !(await mayDecide(call))) return ADMINS_ONLY;
  return command.run(call);
}

/** A name for a choice that fits into a button; always the same, so buttons outlive a restart. */
export function choiceId(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, ID_CHARACTERS);
}

/** The choice behind a button; undefined: it is no longer there. */
export function resolveChoice(command: Command, id: string, front: Front): Choice | undefined {
  return command.argument?.choices?.(front).find(({ value }) => choiceId(value) === id);
}
