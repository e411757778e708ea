import { randomUUID } from 'node:crypto';
import { retryCommand } from '../../../src/chat/command-retry.ts';
import { parting, persist } from '../persist.ts';
import { type Reach, reaching } from '../reach.ts';
import type { Screen } from '../screen.ts';
import { settled } from '../settled.ts';
import { showError, showSaid } from '../show.ts';
import type { Client } from './client.ts';
import { follow } from './follow.ts';

type Command = { readonly chat: string; readonly name: string; readonly argument: string };

/** Gives one command of the table and shows what it says, or what it asked anew. Returns the exit code. */
export async function give(
  { chat, name, argument }: Command,
  reach: Reach,
  screen: Screen,
  interrupted: AbortSignal,
): Promise<number> {
  const command = { id: randomUUID(), name, argument };
  try {
    return await persist(interrupted, (connected) =>
      reaching(reach, async (reached) => {
        if (reached.own) await settled(reached.client, interrupted);
        const said = await reached.client.give(chat, command, parting(interrupted));
        connected();
        const asks = name === retryCommand.name && said.markdown === '';
        const job = asks ? await newestJob(reached.client, chat, interrupted) : undefined;
        return job === undefined
          ? showSaid(said, screen)
          : follow(reached, { chat, job }, screen, interrupted);
      }),
    );
  } catch (error) {
    return showError(error, screen, interrupted);
  }
}

/** The question that was asked last; undefined: none is known. */
async function newestJob(client: Client, chat: string, leave: AbortSignal): Promise<string | undefined> {
  let newest: string | undefined;
  for await (const event of client.events(chat, leave)) {
    if (event.type === 'live') break;
    if (event.type === 'asked') newest = event.job;
    else if (event.type === 'entry' && event.entry.kind === 'exchange') newest = event.id;
  }
  return newest;
}
