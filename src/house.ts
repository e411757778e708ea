import { randomUUID } from 'node:crypto';
import { type Conversations, createConversations } from './chat/conversations.ts';
import type { Front, ModelView, StatusView } from './chat/front.ts';
import { createLive } from './chat/live.ts';
import { conversationOf } from './chat/message.ts';
import type { Config } from './config/schema.ts';
import { maskUrl } from './config/secrets.ts';
import { OstlerError } from './errors.ts';
import { canChat, findInstalled, tagOf } from './models/catalogue.ts';
import type { ServerView } from './models/server-view.ts';
import { createStable } from './models/stable.ts';
import { createTokenLength } from './models/token-length.ts';
import type { Job } from './path/job.ts';
import { createReceive } from './path/receive.ts';
import { makeSnapshot } from './path/snapshot.ts';
import { createWork, stoppedByPerson } from './path/work.ts';
import type { Clock } from './ports/clock.ts';
import type { Files } from './ports/files.ts';
import type { Generate } from './ports/generate.ts';
import type { Keep, Log } from './ports/log.ts';
import type { Logger } from './ports/logger.ts';
import type { ModelServer } from './ports/models.ts';
import type { OpenQueue, Processor, Queue, QueueEvent } from './ports/queue.ts';
import type { OpenReply } from './ports/reply.ts';
import type { Store } from './ports/store.ts';

/** Somebody looks at the models: what is shown is at most this old. */
const VIEW_FRESH_MS = 2_000;

export type Ports = {
  readonly server: ModelServer;
  readonly generate: Generate;
  readonly openQueue: OpenQueue;
  readonly store: Store;
  readonly log: Log;
  readonly files: Files;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Jobs that this process works on; it leaves the others in the queue. */
  readonly serves: (job: Job) => boolean;
  /** Whether it is certain that no other process owns the models. */
  readonly isOwner: () => boolean;
  /** Runs for one question of the terminal only. */
  readonly passing: boolean;
};

export type House = {
  readonly front: Front;
  /** Takes nothing new, lets what runs finish in time or go back to the queue. */
  close(): Promise<void>;
};

/** Everything between the fronts and the outside world, connected. Begins to work at once. */
export async function openHouse(config: Config, ports: Ports, version: string): Promise<House> {
  const { server, generate, openQueue, store, log, files, clock, logger, serves, isOwner, passing } = ports;
  const current = makeSnapshot(config);
  const snapshot = () => current;
  const conversations = createConversations(log, store, () => keepOf(config));
  const live = createLive(conversations);
  const openReply: OpenReply = live.openReply;
  let closing = false;

  // The queue calls back into the work, which needs the stable, which needs the queue.
  let process: Processor = async () => 'again';
  const queue = await openQueue((job, run) => process(job, run));
  queue.onEvent((event) => {
    if (event.type === 'added') live.asked(event.job);
  });

  const stable = createStable({
    host: maskUrl(config.llm.base_url),
    server,
    queue,
    clock,
    logger,
    settings: () => snapshot().settings,
    answerLimitMs: config.llm.timeouts.status_seconds * 1_000,
    onProgress: (job, progress) => openReply(job).progress(progress),
    serves,
    isOwner,
    async endJob(job, outcome) {
      // Told before it is removed: a crash in between leaves a question that is known to have ended.
      await work.end(job, outcome);
      await queue.cancel(job.id, stoppedByPerson());
    },
  });
  const tokenLength = createTokenLength(store);
  const work = createWork({
    generate,
    stable,
    conversations,
    tokenLength,
    files,
    openReply,
    clock,
    logger,
    snapshot,
  });
  process = work.process;

  const receive = createReceive({
    queue,
    conversations,
    clock,
    snapshot,
    expireMs: () => config.queue.expire_minutes * 60_000,
    stopping: () => closing,
  });

  /** Tells how the run of a job ended, so that nothing of it comes later. */
  function runOver(id: string): Promise<QueueEvent['type']> {
    return new Promise((resolve) => {
      const off = queue.onEvent((event) => {
        if (event.type === 'added' || event.id !== id) return;
        off();
        resolve(event.type);
      });
    });
  }

  async function stopJob(job: Job): Promise<void> {
    const stopped = { kind: 'cancelled', text: '' } as const;
    if (!stable.grant(job.id)) return stable.end(job, stopped);
    const over = runOver(job.id);
    if ((await queue.cancel(job.id, stoppedByPerson())) !== 'aborting') return;
    // It was on its way back to the queue already.
    if ((await over) === 'returned') await stable.end(job, stopped);
  }

  async function stop(conversation: string, only?: string): Promise<number> {
    const jobs = stable.jobsOf(conversation).filter((job) => only === undefined || job.id === only);
    await Promise.all(jobs.toReversed().map(stopJob));
    return jobs.length;
  }

  try {
    await finishEnded(queue, conversations, openReply);
    await stable.start();
  } catch (error) {
    await queue.close(0, error);
    throw error;
  }

  const front: Front = {
    receive,
    stop: (address, job) => stop(conversationOf(address), job),

    async startNew(address) {
      const conversation = conversationOf(address);
      await stop(conversation);
      live.kept(
        conversation,
        await conversations.startNew(conversation, `new-${randomUUID()}`, clock.wall()),
      );
    },

    async choose(address, model) {
      if (model !== null) requireKnown(model, current.settings.models, stable.view());
      await conversations.chooseModel(conversationOf(address), model);
    },

    chosen: (address) => conversations.chosenModel(conversationOf(address)),
    follow: (address, options) => live.follow(conversationOf(address), options),
    keepFile: (bytes, mediaType) => files.keep(bytes, mediaType),

    status() {
      stable.refresh(VIEW_FRESH_MS);
      const url = maskUrl(config.llm.base_url);
      const status = statusOf(stable.view(), url, version, current.settings.models);
      return passing ? { ...status, passing } : status;
    },
  };

  return {
    front,
    async close() {
      closing = true;
      stable.stop();
      const reason = new OstlerError('Ostler is stopping.', { code: 'stopping', retryable: true });
      await queue.close(config.shutdown_seconds * 1_000, reason);
    },
  };
}

/** Jobs whose outcome was kept before a crash: they are delivered and need no turn. */
async function finishEnded(queue: Queue, conversations: Conversations, openReply: OpenReply): Promise<void> {
  const jobs = await queue.jobs();
  const ends = jobs.map(async ({ job }) => {
    const kept = await conversations.find(job.conversation, job.id);
    if (kept?.entry.kind !== 'exchange') return;
    await openReply(job).finish(kept.entry, kept.cursor);
    await queue.cancel(job.id, stoppedByPerson());
  });
  await Promise.all(ends);
}

function keepOf({ conversations }: Config): Keep {
  return { entries: conversations.keep, ttlMs: conversations.keep_days * 86_400_000 };
}

function requireKnown(name: string, models: Parameters<typeof tagOf>[1], view: ServerView): void {
  const tag = tagOf(name, models);
  if (view.away || findInstalled(tag, view.installed)) return;
  throw new OstlerError(`The model ${tag} is not installed.`, {
    code: 'not_installed',
    hint: `ollama pull ${tag}`,
  });
}

function statusOf(
  view: ServerView,
  url: string,
  version: string,
  named: Parameters<typeof tagOf>[1],
): StatusView {
  const { away, simulated, waiting, running } = view;
  const detail = away ? away.message : `Ollama ${view.version}`;
  const models = view.installed.filter(canChat).map((model): ModelView => {
    const inMemory = view.models.find(({ tag }) => tag === model.tag);
    const reason = view.failed.get(model.tag);
    return {
      tag: model.tag,
      aliases: named.filter(({ tag }) => tag === model.tag).map(({ alias }) => alias),
      state: stateOf(inMemory, reason),
      ...(reason !== undefined && { reason }),
      sizeBytes: model.sizeBytes,
      capabilities: model.capabilities ?? [],
    };
  });
  return {
    version,
    simulated,
    ollama: { url, reachable: !away, detail },
    waiting,
    running,
    models: sorted(models),
  };
}

function stateOf(
  inMemory: ServerView['models'][number] | undefined,
  failure: string | undefined,
): ModelView['state'] {
  if (inMemory === undefined) return failure === undefined ? 'not_loaded' : 'failed';
  if (inMemory.state !== 'ready') return inMemory.state;
  return inMemory.running > 0 ? 'in_use' : 'ready';
}

const STATE_ORDER: readonly ModelView['state'][] = [
  'in_use',
  'ready',
  'unloading',
  'loading',
  'failed',
  'not_loaded',
];

function sorted(models: readonly ModelView[]): readonly ModelView[] {
  const rank = (model: ModelView) => STATE_ORDER.indexOf(model.state);
  return models.toSorted((one, other) => rank(one) - rank(other) || one.tag.localeCompare(other.tag));
}
