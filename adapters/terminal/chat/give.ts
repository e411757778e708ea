import { randomUUID } from 'node:crypto';
import { retryCommand } from '../../../src/chat/command-retry.ts';
import type { Decide } from '../decide.ts';
import { listen } from '../listen.ts';
import { newestJob } from '../newest-job.ts';
import { persist } from '../persist.ts';
import { type Reach, reaching } from '../reach.ts';
import type { Screen } from '../screen.ts';
import { settled } from '../settled.ts';
import { showError, showSaid } from '../show.ts';
import type { Given } from './client.ts';
import { follow } from './follow.ts';

type Command = Omit<Given, 'id'> & { readonly chat: string; readonly decide?: Decide | undefined };

/** Gives one command of the table and shows what it says, or what it asked anew. Returns the exit code. */
export async function give(
  { chat, name, argument, decide }: Command,
  reach: Reach,
  screen: Screen,
  interrupted: AbortSignal,
): Promise<number> {
  const command = { chat, id: randomUUID(), name, argument };
  try {
    return await persist(interrupted, (connected) =>
      reaching(reach, async (reached) => {
        if (reached.own) await settled(reached.client, interrupted);
        const said = await listen(reached.client, command, screen, interrupted, connected);
        const asks = name === retryCommand.name && said.markdown === '';
        const job = asks ? await newestJob(reached.client, chat, interrupted) : undefined;
        return job === undefined
          ? showSaid(said, screen)
          : follow(reached, { chat, job, decide }, screen, interrupted);
      }),
    );
  } catch (error) {
    return showError(error, screen, interrupted);
  }
}
