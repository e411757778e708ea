import { type ErrorCode, toFailure } from '../errors.ts';
import { isBotAdmin, type Role } from '../people/role.ts';
import type { AuditNote } from '../ports/audit.ts';
import { shortId } from '../short-id.ts';
import type { Front } from './front.ts';
import type { Address, Message } from './message.ts';

/** A value that a command takes, and what people see of it in plain text. */
export type Choice = { readonly value: string; readonly label: string };

/** What a command answers: Markdown, and the choices to offer for an argument of `command`. */
export type Said = {
  /** Empty: say nothing, what was done is seen elsewhere. */
  readonly markdown: string;
  readonly offer?: { readonly command: string; readonly choices: readonly Choice[] };
  /** Why what was asked for is not done; `asked`: whoever wants it is asked first. */
  readonly undone?: ErrorCode | 'asked';
  /** What its chat waits for until more is said, in plain text: a load that was ordered here. */
  readonly waits?: string;
  /** What is said in the place of this from now on, one after the other; the last stays. Never throws. */
  readonly more?: AsyncIterable<Omit<Said, 'more'>>;
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
  /** What the person is to the bot. */
  readonly role: Role;
  /** Whether the platform lets the person decide for the whole group; false where that cannot be found out. */
  readonly isAdmin: () => Promise<boolean>;
};

export type Command = {
  /** Lower case letters only: every platform takes that. */
  readonly name: string;
  /** What people read in a list of commands. */
  readonly description: string;
  /** How the argument is called in help, and what it may be; without choices: any text. */
  readonly argument?: { readonly name: string; choices?(front: Front): readonly Choice[] };
  /** What it may be given besides, by what it or another command offers; no list shows it. */
  offers?(front: Front): readonly Choice[];
  /** Who may give it: `group-admins` are needed in groups only, `bot-admins` everywhere. */
  readonly who: 'everyone' | 'group-admins' | 'bot-admins';
  /** The configuration may leave it to everybody in a group. */
  readonly mayBeOpened?: true;
  /** Changes the chat: all who are in it see what it says; anything else is told to who asked, where that can be. */
  readonly isForAll?: true;
  /** Is no part of what is limited: it must always work. */
  readonly unlimited?: true;
  /** What the audit log notes of the argument, never its words; undefined: nothing was done that it notes. */
  audit?(argument: string): AuditNote | undefined;
  /** Throws an OstlerError that says what is wrong. */
  run(call: Call): Promise<Said>;
};

/** Said to whom `mayDecide` refuses. */
export const ADMINS_ONLY: Said = { markdown: 'Only the admins of this chat may do that.' };
const BOT_ADMINS_ONLY: Said = { markdown: 'Only the owner and the admins of this bot may do that.' };

/** Whether the person may decide for all who see the chat: in a direct chat that is one's own. */
export async function mayDecide({
  kind,
  role,
  isAdmin,
}: Pick<Call, 'kind' | 'role' | 'isAdmin'>): Promise<boolean> {
  return kind === 'direct' || isBotAdmin(role) || (await isAdmin());
}

/** The same for what the configuration may leave to everybody: to begin anew, the model, its load, the system prompt. */
export async function mayChange(call: Call): Promise<boolean> {
  return call.front.groupsAreOpen() || (await mayDecide(call));
}

/**
 * Runs a command for whoever may give it, counts it and notes it. Throws an OstlerError that says what is wrong:
 * `limited` where too much is sent.
 */
export async function giveCommand(command: Command, call: Call): Promise<Said> {
  if (!command.unlimited) await call.front.admit(call);
  const refusal = await refuse(command, call);
  const note = command.audit?.(call.argument.trim());
  const tell = (outcome: string) => note && call.front.audit(call, note, outcome);
  if (refusal) {
    tell('refused');
    return refusal;
  }
  try {
    const said = await command.run(call);
    tell(said === ADMINS_ONLY ? 'refused' : (said.undone ?? 'done'));
    return said;
  } catch (error) {
    tell(toFailure(error).code);
    throw error;
  }
}

async function refuse({ who, mayBeOpened }: Command, call: Call): Promise<Said | undefined> {
  switch (who) {
    case 'everyone':
      return undefined;
    case 'group-admins':
      return (await (mayBeOpened ? mayChange(call) : mayDecide(call))) ? undefined : ADMINS_ONLY;
    case 'bot-admins':
      return isBotAdmin(call.role) ? undefined : BOT_ADMINS_ONLY;
  }
}

export const choiceId = shortId;

/** The choice behind a button; undefined: it is no longer there. */
export function resolveChoice(command: Command, id: string, front: Front): Choice | undefined {
  const choices = [...(command.argument?.choices?.(front) ?? []), ...(command.offers?.(front) ?? [])];
  return choices.find(({ value }) => choiceId(value) === id);
}
