import type { Client } from './chat/client.ts';

/** The question that was asked last; undefined: none is known. */
export async function newestJob(
  client: Pick<Client, 'events'>,
  chat: string,
  leave: AbortSignal,
): Promise<string | undefined> {
  let newest: string | undefined;
  for await (const event of client.events(chat, leave)) {
    if (event.type === 'live') break;
    if (event.type === 'asked') newest = event.job;
    else if (event.type === 'entry' && event.entry.kind === 'exchange') newest = event.id;
  }
  return newest;
}
