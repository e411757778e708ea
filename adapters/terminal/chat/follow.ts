import { barOf } from '../../../src/chat/describe-progress.ts';
import type { ConversationEvent } from '../../../src/chat/front.ts';
import { OstlerError } from '../../../src/errors.ts';
import { createAsking } from '../asking.ts';
import type { Decide } from '../decide.ts';
import { createPatience } from '../patience.ts';
import { isFinal, PARTING_MS } from '../persist.ts';
import type { Reached } from '../reach.ts';
import type { Screen } from '../screen.ts';
import { showOutcome } from '../show.ts';

/** A question that was taken. */
type Taken = { readonly chat: string; readonly job: string; readonly decide?: Decide | undefined };

/** Shows what becomes of a question. Whoever leaves stops it at the bot. Returns the exit code. */
export async function follow(
  reached: Reached,
  { chat, job, decide }: Taken,
  screen: Screen,
  leave: AbortSignal,
): Promise<number> {
  const { client } = reached;
  try {
    const { simulated } = await client.status(leave);
    screen.begin();
    return showOutcome(await outcomeOf(reached, { chat, job, decide }, screen, leave), screen, simulated);
  } catch (error) {
    if (leave.aborted || isFinal(error)) {
      await client.stop(chat, job, AbortSignal.timeout(PARTING_MS)).catch(() => {});
    }
    throw error;
  }
}

async function outcomeOf({ client, own }: Reached, taken: Taken, screen: Screen, leave: AbortSignal) {
  const { chat, job } = taken;
  const patience = createPatience();
  const asking = createAsking(client, taken, screen, leave);
  try {
    for await (const event of client.events(chat, AbortSignal.any([leave, patience.signal]))) {
      if (event.type === 'entry' && event.id === job && event.entry.kind === 'exchange')
        return event.entry.outcome;
      if (!('job' in event) || event.job !== job) continue;
      if (own && event.type === 'progress') patience.look(event.progress);
      showEvent(event, screen);
      if (event.type === 'progress') asking.look(event.progress);
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
    asking.end();
  }
  throw new Error('the connection to the bot ended');
}

function showEvent(event: ConversationEvent, screen: Screen): void {
  if (event.type === 'progress') screen.progress(event.words, barOf(event.progress));
  else if (event.type === 'text') screen.text(event.text);
  else if (event.type === 'thinking') screen.thinking();
  else if (event.type === 'restart') screen.restart();
}
