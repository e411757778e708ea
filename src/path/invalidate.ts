import type { Conversations } from '../chat/conversations.ts';
import type { Front } from '../chat/front.ts';
import { conversationOf, jobIdOf } from '../chat/message.ts';
import { OstlerError } from '../errors.ts';
import { findInstalled, runnerOptionsOf } from '../models/catalogue.ts';
import type { Grant } from '../models/grant.ts';
import type { ServerView } from '../models/server-view.ts';
import { sameTag } from '../models/tag.ts';
import type { FindKey } from './find-key.ts';
import type { Job } from './job.ts';
import { placeNow } from './place-now.ts';
import type { Prepare } from './prepare.ts';
import type { Recalling } from './recall.ts';
import type { Snapshot } from './snapshot.ts';

type Surroundings = {
  readonly conversations: Pick<Conversations, 'chosenModel'>;
  readonly snapshot: () => Snapshot;
  readonly view: () => ServerView;
  readonly prepare: Prepare;
  readonly findKey: FindKey;
  readonly drop: Recalling['drop'];
};

/** Goes the way of a question up to its key. */
export function createInvalidate(surroundings: Surroundings): Front['invalidate'] {
  const { conversations, snapshot, view, prepare, findKey, drop } = surroundings;

  async function keysOf(job: Job, grants: readonly Grant[]): Promise<ReadonlySet<string>> {
    const found = await Promise.all(
      grants.map(async (grant) => findKey(job, grant, await prepare(job, grant))),
    );
    return new Set(found.flatMap((named) => named?.key ?? []));
  }

  return async (message) => {
    const conversation = conversationOf(message.address);
    const choice = await conversations.chosenModel(conversation);
    const { settings } = snapshot();
    const { route, placement } = placeNow(message, choice, settings.routing, view());
    const job: Job = {
      id: jobIdOf(message),
      seq: 0,
      conversation,
      message,
      route,
      enqueuedAt: message.sentAt,
      deadlineAt: message.sentAt,
    };
    const keys = await keysOf(job, grantsOf(placement, view(), settings));
    const dropped = await Promise.all([...keys].map(drop));
    if (!dropped.every(Boolean)) throw notRemoved();
  };
}

/** What was trimmed for the context of the loaded model may be another question than what is trimmed before its load. */
function grantsOf(
  placement: Grant['placement'],
  { installed, models, simulated }: ServerView,
  { models: named, policy }: Snapshot['settings'],
): readonly Grant[] {
  const { model } = placement;
  const { digest = '', capabilities = [] } = findInstalled(model, installed) ?? {};
  const loaded = models.find(({ tag }) => sameTag(tag, model))?.contextLength;
  const grant = {
    model,
    options: runnerOptionsOf(model, named),
    keepAlive: policy.keepAlive,
    digest,
    capabilities,
    contextLength: undefined,
    simulated,
    placement,
  };
  return loaded === undefined ? [grant] : [grant, { ...grant, contextLength: loaded }];
}

function notRemoved(): OstlerError {
  return new OstlerError('That answer could not be removed from the second tier of the cache.', {
    code: 'unreachable',
    hint: 'Send this once more when that tier works again (./ostler check): until Ostler ends, it is not given.',
  });
}
