import type { OpenCache } from '../cache/open-cache.ts';
import type { Conversations } from '../chat/conversations.ts';
import type { Live } from '../chat/live.ts';
import type { Config } from '../config/schema.ts';
import { toFailure } from '../errors.ts';
import { createOwnTemperature } from '../models/own-temperature.ts';
import type { Stable } from '../models/stable.ts';
import { createTokenLength } from '../models/token-length.ts';
import type { Limits } from '../people/limits.ts';
import type { Ports } from '../ports/ports.ts';
import type { Queue } from '../ports/queue.ts';
import type { OpenReply } from '../ports/reply.ts';
import { createFetchPictures } from './fetch-pictures.ts';
import { createFindKey } from './find-key.ts';
import { createFlights } from './flights.ts';
import { createInvalidate } from './invalidate.ts';
import type { Job } from './job.ts';
import { createPrepare } from './prepare.ts';
import { createRecall } from './recall.ts';
import { createReceive } from './receive.ts';
import type { Snapshot } from './snapshot.ts';
import { createSpillNotice } from './spill-notice.ts';
import { createStop } from './stop.ts';
import { createWork } from './work.ts';

type Surroundings = Pick<
  Ports,
  'server' | 'generate' | 'store' | 'files' | 'chats' | 'clock' | 'logger' | 'serves'
> & {
  readonly cache: OpenCache;
  readonly queue: Queue;
  readonly stable: Stable;
  readonly conversations: Conversations;
  readonly live: Live;
  readonly openReply: OpenReply;
  readonly limits: Limits;
  readonly config: () => Config;
  readonly snapshot: () => Snapshot;
  /** Aborts when nothing can be waited for any more. */
  readonly ending: AbortSignal;
  readonly isStopping: () => boolean;
};

/** The way of a message from its receipt to its kept outcome, connected; the queue and the stable call back into it. */
export function createMessagePath(surroundings: Surroundings) {
  const { server, generate, store, files, chats, clock, logger, serves, cache, queue, stable } = surroundings;
  const { conversations, live, openReply, limits, config, snapshot, ending, isStopping } = surroundings;
  const tokenLength = createTokenLength(store);
  const prepare = createPrepare({ conversations, tokenLength, files, clock, logger, snapshot });
  const flights = createFlights();
  const findKey = createFindKey({ ...cache, snapshot });
  const recalling = createRecall({
    ...cache,
    findKey,
    flights,
    prepare,
    ownTemperature: createOwnTemperature(server),
    openReply,
    snapshot,
    clock,
    logger,
  });
  const work = createWork({
    generate,
    prepare,
    reserve: recalling.reserve,
    flights,
    stable,
    conversations,
    tokenLength,
    spillNotice: createSpillNotice(stable),
    openReply,
    onKept: live.kept,
    onDone: (job, usage) => stable.observe(job.id, usage),
    onAnswered(message, { promptTokens, tokens }) {
      limits.used(message, promptTokens + tokens).catch((error: unknown) => {
        logger.warn({ ...toFailure(error) }, 'tokens could not be counted');
      });
    },
    ending,
    clock,
    logger,
    snapshot,
  });

  const { receive, revise, attach, redirect } = createReceive({
    queue,
    jobsOf: stable.jobsOf,
    conversations,
    clock,
    snapshot,
    admit: limits.admitQuestion,
    expireMs: () => config().queue.expire_minutes * 60_000,
    stopping: isStopping,
  });

  const fetchPictures = createFetchPictures({
    chats,
    files,
    clock,
    logger,
    signal: ending,
    waits: ({ id, conversation }) => stable.jobsOf(conversation).some((open) => open.id === id),
    attach: ({ id, conversation }, fetched) => attach(id, conversation, fetched),
    giveUp: (job, failure) => void stable.end(job, { kind: 'failure', failure }).catch(() => {}),
  });
  queue.onEvent((event) => {
    if ((event.type === 'added' || event.type === 'changed') && serves(event.job))
      void fetchPictures(event.job);
  });

  const isSettled = async (job: Job) => (await conversations.find(job.conversation, job.id)) !== undefined;
  const { drop } = recalling;

  return {
    process: work.process,
    keepOutcome: work.keep,
    recall: recalling.look,
    isSettled,
    receive,
    revise,
    redirect,
    fetchPictures,
    stop: createStop({ stable, queue, isSettled, endGone: work.endGone }),
    invalidate: createInvalidate({ conversations, snapshot, view: stable.view, prepare, findKey, drop }),
  };
}
