import type { Conversations } from '../chat/conversations.ts';
import type { Front } from '../chat/front.ts';
import { conversationOf } from '../chat/message.ts';
import type { ServerView } from '../models/server-view.ts';
import { placeNow } from './place-now.ts';
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
    const { route, placement } = placeNow({ text, images: [] }, choice, routing, view());
    const { model, reason, notice } = placement;
    const { rule } = route;
    return { model, reason, ...(rule !== undefined && { rule }), ...(notice !== undefined && { notice }) };
  };
}
