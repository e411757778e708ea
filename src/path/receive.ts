import type { Conversations } from '../chat/conversations.ts';
import type { Receipt } from '../chat/front.ts';
import { conversationOf, jobIdOf, type Message } from '../chat/message.ts';
import { OstlerError, toFailure } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Queue } from '../ports/queue.ts';
import { createTurns } from './in-turn.ts';
import { route } from './route.ts';
import type { Snapshot } from './snapshot.ts';

/** No context of a local model holds more. */
const MAX_TEXT_CHARACTERS = 1_000_000;

type Surroundings = {
  readonly queue: Pick<Queue, 'add'>;
  readonly conversations: Pick<Conversations, 'chosenModel' | 'find'>;
  readonly clock: Clock;
  readonly snapshot: () => Snapshot;
  readonly expireMs: () => number;
  readonly stopping: () => boolean;
};

/** Takes a message: routed, durably queued, and from then on answered or its person is told. */
export function createReceive(surroundings: Surroundings): (message: Message) => Promise<Receipt> {
  const { queue, conversations, clock, snapshot, expireMs, stopping } = surroundings;

  const inTurn = createTurns();

  async function take(message: Message, conversation: string): Promise<Receipt> {
    const refusal = refuse(message, stopping());
    if (refusal) return { kind: 'refused', failure: toFailure(refusal) };
    const id = jobIdOf(message);
    try {
      // The queue forgets an ended job after two days, the conversation keeps its outcome for longer.
      if (await conversations.find(conversation, id)) return { kind: 'duplicate', job: id };
      const choice = await conversations.chosenModel(conversation);
      const now = clock.wall();
      const added = await queue.add({
        id,
        conversation,
        message,
        route: route(message, choice, snapshot().settings.routing),
        enqueuedAt: now,
        deadlineAt: now + expireMs(),
      });
      return { kind: added === 'added' ? 'taken' : 'duplicate', job: id };
    } catch (error) {
      return { kind: 'refused', failure: toFailure(error) };
    }
  }

  return (message) => {
    const conversation = conversationOf(message.address);
    // A chat's messages are queued in the order in which they came.
    return inTurn(conversation, () => take(message, conversation));
  };
}

function refuse(message: Message, stopping: boolean): OstlerError | undefined {
  if (stopping) {
    return new OstlerError('Ostler is stopping.', {
      code: 'stopping',
      hint: 'Ask again in a moment.',
      retryable: true,
    });
  }
  if (message.text.trim() === '' && message.images.length === 0) {
    return new OstlerError('There is no question in that.', { code: 'bad_input', hint: 'Write some text.' });
  }
  if (message.text.length > MAX_TEXT_CHARACTERS) {
    return new OstlerError('That is too long.', {
      code: 'too_long',
      hint: `Send at most ${MAX_TEXT_CHARACTERS} characters.`,
    });
  }
  return undefined;
}
