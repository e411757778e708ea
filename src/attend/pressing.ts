import { ADMINS_ONLY, giveCommand, mayDecide, resolveChoice } from '../chat/command.ts';
import { stopCommand } from '../chat/command-conversation.ts';
import { retryCommand } from '../chat/command-retry.ts';
import { findCommand } from '../chat/commands.ts';
import type { Front, Receipt, Which } from '../chat/front.ts';
import { conversationOf } from '../chat/message.ts';
import { OstlerError } from '../errors.ts';
import type { Role } from '../people/role.ts';
import { againButtonsFor, type Press, readPress } from '../reply/buttons.ts';
import type { Edits } from '../reply/edits.ts';
import { failureToTell } from './comes-again.ts';
import { callOf } from './giving.ts';
import type { Deed, Happening } from './happening.ts';

type Pressed = { readonly happening: Happening; readonly did: Extract<Deed, { kind: 'pressed' }> };

const STALE = 'This button is of no use any more: what it was made for has changed.';

/** Does what a button stands for, and tells the person who pressed it. Throws where it must come again. */
export function createPressing(front: Front, edits: Pick<Edits, 'find'>) {
  const mayPresserDecide = ({ happening: { presence, isAdmin } }: Pressed, role: Role) =>
    mayDecide({ kind: presence.kind, role, isAdmin });

  async function stop(pressed: Pressed, role: Role, job: string): Promise<string> {
    const { address, person } = pressed.happening.presence;
    const mayAll = await mayPresserDecide(pressed, role);
    const which: Which = mayAll ? { job } : { job, person: person.id };
    if ((await front.stop(address, which)) > 0) return 'Stopped.';
    return mayAll ? 'That has ended already.' : 'Only who asked, or an admin, can stop that.';
  }

  /** The message says by itself what follows. */
  async function agree(pressed: Pressed, role: Role, { job, answer }: Extract<Press, { kind: 'unload' }>) {
    const { address, person } = pressed.happening.presence;
    const asker = (await mayPresserDecide(pressed, role)) ? undefined : person.id;
    if (!(await front.agree(address, job, answer, asker))) return 'That is not asked any more.';
    return answer.choice === 'switch' ? 'Switching.' : 'The model that is in memory answers.';
  }

  function asked({ did }: Pressed, receipt: Receipt): string {
    if (receipt.kind === 'refused') {
      const { code, message, hint } = receipt.failure;
      throw new OstlerError(message, { code, ...(hint !== undefined && { hint }) });
    }
    did.on?.dropButtons();
    return receipt.kind === 'taken' ? 'Asked again.' : 'That was asked again already.';
  }

  async function again(pressed: Pressed, role: Role, job: string, choice?: string): Promise<string> {
    const { address, person } = pressed.happening.presence;
    const model = choice === undefined ? undefined : resolveChoice(retryCommand, choice, front)?.value;
    if (choice !== undefined && model === undefined) return STALE;
    const asker = (await mayPresserDecide(pressed, role)) ? undefined : person.id;
    const id = `${pressed.did.on?.id ?? job}.again${choice ?? ''}`;
    return asked(pressed, await front.again(address, job, id, model, asker));
  }

  /** The models of which it may be asked stand below in the place of the button. */
  function offerModels({ did }: Pressed, job: string): string {
    const choices = retryCommand.argument?.choices?.(front) ?? [];
    if (choices.length === 0) return 'No other model is known now.';
    did.on?.offer(againButtonsFor(job, choices));
    return 'Which model shall answer?';
  }

  async function answerEdit(pressed: Pressed, job: string): Promise<string> {
    const edited = await edits.find(job);
    // What a button sends can be forged.
    const isOfHere =
      edited && conversationOf(edited.address) === conversationOf(pressed.happening.presence.address);
    return isOfHere ? asked(pressed, await front.receive(edited)) : STALE;
  }

  async function choose(pressed: Pressed, role: Role, press: Extract<Press, { kind: 'choice' }>) {
    const command = findCommand(press.command);
    const choice = command && resolveChoice(command, press.id, front);
    if (!command || !choice) return `${STALE} /${command?.name ?? 'help'} shows how things are.`;
    const said = await giveCommand(command, callOf(front, pressed.happening, role, choice.value));
    // Others still need the choice; what is stopped says so itself.
    if (said !== ADMINS_ONLY && command !== stopCommand) pressed.did.on?.replace(said);
    return said.markdown;
  }

  async function act(pressed: Pressed, role: Role, press: Press): Promise<string> {
    switch (press.kind) {
      case 'stop':
        return stop(pressed, role, press.job);
      case 'again':
        return again(pressed, role, press.job);
      case 'again-with':
        return offerModels(pressed, press.job);
      case 'again-of':
        return again(pressed, role, press.job, press.id);
      case 'edit':
        return answerEdit(pressed, press.job);
      case 'unload':
        return agree(pressed, role, press);
      case 'choice':
        return choose(pressed, role, press);
    }
  }

  return async (happening: Happening, did: Pressed['did'], role: Role): Promise<void> => {
    const press = readPress(did.data);
    let words = STALE;
    try {
      if (press) words = await act({ happening, did }, role, press);
    } catch (error) {
      words = failureToTell(error).message;
    }
    did.tell(words, words.startsWith(STALE));
  };
}
