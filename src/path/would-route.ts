import type { Conversations } from '../chat/conversations.ts';
import type { Front } from '../chat/front.ts';
import { conversationOf } from '../chat/message.ts';
import { type Failure, OstlerError } from '../errors.ts';
import type { ServerView } from '../models/server-view.ts';
import { place, route } from './route.ts';
import type { Snapshot } from './snapshot.ts';

type Surroundings = {
  readonly conversations: Pick<Conversations, 'chosenModel'>;
  readonly snapshot: () => Snapshot;
  readonly view: () => ServerView;
};

/** Goes the way of a question up to the model, and no further. */
export function createWouldRoute({ conversations, snapshot, view }: Surroundings): Front['wouldRoute'] {
  return async (address, text) => {
    const choice = await conversations.chosenModel(conversationOf(address));
    const { routing } = snapshot().settings;
    const wanted = route({ text }, choice, routing);
    const { away, installed, models } = view();
    if (away && installed.length === 0) throw errorOf({ code: 'unreachable', ...away });
    const residents = models.map(({ tag }) => tag);
    const placement = place(wanted, false, { installed, residents }, routing);
    if (placement.kind === 'impossible') throw errorOf(placement.failure);
    const { model, reason, notice } = placement;
    const { rule } = wanted;
    return { model, reason, ...(rule !== undefined && { rule }), ...(notice !== undefined && { notice }) };
  };
}

function errorOf({
  code,
  message,
  hint,
}: Omit<Failure, 'hint'> & { hint?: string | undefined }): OstlerError {
  return new OstlerError(message, { code, ...(hint !== undefined && { hint }) });
}
