import type { ConversationEvent } from '../../../src/chat/front.ts';
import { OstlerError } from '../../../src/errors.ts';
import { createPatience } from '../patience.ts';
import { isFinal, PARTING_MS } from '../persist.ts';
import type { Reached } from '../reach.ts';
import type { Screen } from '../screen.ts';
import { showOutcome } from '../show.ts';

/** A question that was taken. */
type Taken = { readonly chat: string; readonly job: string };

/** Shows what becomes of a question. Whoever leaves stops it at the bot. Returns the exit code. */
export async function follow(
  reached: Reached,
  { chat, job }: Taken,
  screen: Screen,
  leave: AbortSignal,
): Promise<number> {
  const { client } = reached;
  try {
    const { simulated } = await client.status(leave);
    screen.begin();
    return showOutcome(await outcomeOf(reached, { chat, job }, screen, leave), screen, simulated);
  } catch (error) {
    if (leave.aborted || isFinal(error)) {
      await client.stop(chat, job, AbortSignal.timeout(PARTING_MS)).catch(() => {});
    }
    throw error;
  }
}

async function outcomeOf({ client, own }: Reached, { chat, job }: Taken, screen: Screen, leave: AbortSignal) {
  const patience = createPatience();
  try {
    for await (const event of client.events(chat, AbortSignal.any([leave, patience.signal]))) {
      if (event.type === 'entry' && event.id === job && event.entry.kind === 'exchange')
        return event.entry.outcome;
      if (!('job' in event) || event.job !== job) continue;
      if (own && event.type === 'progress') patience.look(event.progress);
      showEvent(event, screen);
    }
  } catch (error) {
    if (!patience.signal.aborted) throw error;
    const { ollama } = await client.status(leave);
    throw new OstlerError(ollama.detail, {
      code: 'unreachable',
      hint: 'Start Ollama, or set llm.base_url. A running bot (npm start) would keep the question and wait.',
      cause: error,
    });
  } finally {
    patience.end();
  }
  throw new Error('the connection to the bot ended');
}

function showEvent(event: ConversationEvent, screen: Screen): void {
  if (event.type === 'progress') screen.progress(event.words);
  else if (event.type === 'text') screen.text(event.text);
  else if (event.type === 'thinking') screen.thinking();
  else if (event.type === 'restart') screen.restart();
}
