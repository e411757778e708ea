import type { Conversations } from '../chat/conversations.ts';
import type { Front } from '../chat/front.ts';
import { conversationOf } from '../chat/message.ts';
import { OstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';

type Surroundings = {
  readonly conversations: Pick<Conversations, 'find'>;
  readonly receive: Front['receive'];
  /** Throws `not_installed`. */
  readonly requireModel: (name: string) => void;
  readonly clock: Clock;
};

/** Asks a question that has ended once more. */
export function createAgain({ conversations, receive, requireModel, clock }: Surroundings): Front['again'] {
  return async (address, job, id, model, asker) => {
    const kept = await conversations.find(conversationOf(address), job);
    if (kept?.entry.kind !== 'exchange') {
      throw new OstlerError('That question is no longer known.', {
        code: 'bad_input',
        hint: 'Ask it again.',
      });
    }
    if (asker !== undefined && kept.entry.question.person.id !== asker) {
      throw new OstlerError('Only who asked, or an admin, may ask that again.', { code: 'forbidden' });
    }
    if (model !== undefined) requireModel(model);
    const { kind = 'direct', parts: _, ...question } = kept.entry.question;
    const sentAt = clock.wall();
    // Whoever asks again wants another answer than the one that is kept.
    const cache = { read: false } as const;
    return receive({
      ...question,
      id,
      address,
      kind,
      sentAt,
      cache,
      insteadOf: job,
      ...(model !== undefined && { model }),
    });
  };
}
