import type { Message } from '../chat/message.ts';
import { type Failure, OstlerError } from '../errors.ts';
import type { ServerView } from '../models/server-view.ts';
import type { Route } from './job.ts';
import { type Placement, place, type Routing, route } from './route.ts';

type Asked = Pick<Message, 'text' | 'images'> & Partial<Pick<Message, 'model' | 'standalone'>>;

type Placed = {
  readonly route: Route;
  readonly placement: Extract<Placement, { kind: 'model' }>;
};

/**
 * Which model would answer, as things stand. `choice`: that of its chat. Throws `no_model`, `no_vision`, and
 * `unreachable` where the models are not known.
 */
export function placeNow(asked: Asked, choice: string | null, routing: Routing, view: ServerView): Placed {
  const wanted = route(asked, choice, routing);
  const { away, installed, models } = view;
  if (away && installed.length === 0) throw errorOf({ code: 'unreachable', ...away });
  const residents = models.map(({ tag }) => tag);
  const hasImages = asked.images.length > 0;
  const placement = place(wanted, hasImages, { installed, residents }, routing);
  if (placement.kind === 'impossible') throw errorOf(placement.failure);
  return { route: wanted, placement };
}

function errorOf({
  code,
  message,
  hint,
}: Omit<Failure, 'hint'> & { hint?: string | undefined }): OstlerError {
  return new OstlerError(message, { code, ...(hint !== undefined && { hint }) });
}
