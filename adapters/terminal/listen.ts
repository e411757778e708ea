import { randomUUID } from 'node:crypto';
import type { Said } from '../../src/chat/command.ts';
import { stopCommand } from '../../src/chat/command-conversation.ts';
import type { Client, Given } from './chat/client.ts';
import { PARTING_MS, parting } from './persist.ts';
import type { Screen } from './screen.ts';

/** Whether more will be said: as long as it can be stopped. */
const goesOn = ({ offer }: Said) => offer?.command === stopCommand.name;

/**
 * Gives a command and shows what it says on the way. Resolves with the last it says; throws where the connection is
 * lost before. Whoever leaves stops what it has begun. `connected` is called once the command was taken.
 */
export async function listen(
  client: Pick<Client, 'give'>,
  { chat, ...command }: Given & { readonly chat: string },
  screen: Screen,
  leave: AbortSignal,
  connected: () => void,
): Promise<Said> {
  let last: Said | undefined;
  let isStopped = false;

  async function stop(): Promise<void> {
    const { offer } = last ?? {};
    if (isStopped || offer?.command !== stopCommand.name) return;
    isStopped = true;
    const argument = offer.choices[0]?.value ?? '';
    const given = { id: randomUUID(), name: offer.command, argument };
    for await (const _ of client.give(chat, given, AbortSignal.timeout(PARTING_MS))) return;
  }

  const onLeave = () => void stop().catch(() => {});
  leave.addEventListener('abort', onLeave);
  try {
    for await (const said of client.give(chat, command, parting(leave))) {
      connected();
      last = said;
      if (goesOn(said)) screen.saying(said);
      if (leave.aborted) onLeave();
    }
  } finally {
    leave.removeEventListener('abort', onLeave);
  }
  if (!last || goesOn(last)) throw new Error('the connection to the bot ended');
  return last;
}
