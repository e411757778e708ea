import { ADMINS_ONLY, giveCommand, resolveChoice } from '../../src/chat/command.ts';
import { findCommand } from '../../src/chat/commands.ts';
import type { Front, Receipt, Which } from '../../src/chat/front.ts';
import { conversationOf } from '../../src/chat/message.ts';
import { OstlerError, toFailure } from '../../src/errors.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { IsAdmin } from './admins.ts';
import { choiceButtons, type Press as PressOf, readPress } from './buttons.ts';
import type { Calls } from './calls.ts';
import { partsOf } from './contents.ts';
import type { Edits } from './edits.ts';
import type { Reading } from './read-update.ts';
import { targetOf } from './target.ts';

type Pressed = Extract<Reading, { kind: 'press' }>;

type Needs = {
  readonly front: Front;
  readonly calls: Calls;
  readonly edits: Edits;
  readonly isAdmin: IsAdmin;
  readonly logger: Logger;
};

const STALE = 'This button is of no use any more: what it was made for has changed.';

/** Does what a button stands for, and tells the person who pressed it. Throws where it must come again. */
export function createPressing({ front, calls, edits, isAdmin, logger }: Needs) {
  /** Nobody waits for what the pressed message looks like. */
  function later(task: Promise<unknown>): void {
    task.catch((error: unknown) => logger.warn({ ...toFailure(error) }, 'a pressed message was not changed'));
  }

  function dropButtons({ address, messageId }: Pressed): void {
    if (messageId === undefined) return;
    later(calls.setKeyboard(targetOf(address), messageId, undefined, { urgency: 'final' }));
  }

  async function stop({ address, person, kindOfChat }: Pressed, job: string): Promise<string> {
    const mayAll = kindOfChat === 'direct' || (await isAdmin(address, person));
    const which: Which = mayAll ? { job } : { job, person: person.id };
    if ((await front.stop(address, which)) > 0) return 'Stopped.';
    return mayAll ? 'That has ended already.' : 'Only who asked, or an admin, can stop that.';
  }

  function asked(pressed: Pressed, receipt: Receipt): string {
    if (receipt.kind === 'refused') {
      const { code, message, hint } = receipt.failure;
      throw new OstlerError(message, { code, ...(hint !== undefined && { hint }) });
    }
    dropButtons(pressed);
    return receipt.kind === 'taken' ? 'Asked again.' : 'That was asked again already.';
  }

  async function again(pressed: Pressed, job: string): Promise<string> {
    return asked(pressed, await front.again(pressed.address, job, `${pressed.messageId}.again`));
  }

  async function answerEdit(pressed: Pressed, job: string): Promise<string> {
    const edited = await edits.find(job);
    // What a button sends can be forged.
    const isOfHere = edited && conversationOf(edited.address) === conversationOf(pressed.address);
    return isOfHere ? asked(pressed, await front.receive(edited)) : STALE;
  }

  async function choose(pressed: Pressed, { command: name, id }: Extract<PressOf, { kind: 'choice' }>) {
    const { address, person, kindOfChat: kind, messageId } = pressed;
    const command = findCommand(name);
    const choice = command && resolveChoice(command, id, front);
    if (!command || !choice) return `${STALE} /${command?.name ?? 'help'} shows how things are.`;
    const said = await giveCommand(command, {
      front,
      address,
      person,
      kind,
      id: `telegram-${pressed.queryId}`,
      argument: choice.value,
      isAdmin: () => isAdmin(address, person),
    });
    const { markdown, offer } = said;
    // Others still need the choice.
    if (said === ADMINS_ONLY) return markdown;
    const [content] = partsOf(markdown);
    if (messageId !== undefined && content) {
      const keyboard = offer && choiceButtons(offer.command, offer.choices);
      later(calls.edit(targetOf(address), messageId, content, { urgency: 'final', keyboard }));
    }
    return content?.visible ?? '';
  }

  function act(pressed: Pressed, press: PressOf): Promise<string> {
    switch (press.kind) {
      case 'stop':
        return stop(pressed, press.job);
      case 'again':
        return again(pressed, press.job);
      case 'edit':
        return answerEdit(pressed, press.job);
      case 'choice':
        return choose(pressed, press);
    }
  }

  return async (pressed: Pressed): Promise<void> => {
    const press = readPress(pressed.data);
    let words = STALE;
    try {
      if (press) words = await act(pressed, press);
    } catch (error) {
      if (!(error instanceof OstlerError) || error.code === 'storage' || error.code === 'stopping')
        throw error;
      words = error.message;
    }
    void calls.answerPress(pressed.queryId, words, words.startsWith(STALE));
  };
}
