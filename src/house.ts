import { openCache } from './cache/open-cache.ts';
import { createConversations } from './chat/conversations.ts';
import type { Front } from './chat/front.ts';
import { createLive } from './chat/live.ts';
import { conversationOf } from './chat/message.ts';
import { createReplies } from './chat/replies.ts';
import type { Config } from './config/schema.ts';
import { maskUrl } from './config/secrets.ts';
import { OstlerError } from './errors.ts';
import { openStable } from './models/open-stable.ts';
import { createAgain } from './path/again.ts';
import { createBeginAnew } from './path/begin-anew.ts';
import { createChoices } from './path/choices.ts';
import { createMessagePath } from './path/message-path.ts';
import { createModelOrders } from './path/model-orders.ts';
import { requireInstalled } from './path/require-installed.ts';
import { makeSnapshot } from './path/snapshot.ts';
import { createSwitches } from './path/switches.ts';
import { createWouldRoute } from './path/would-route.ts';
import { createLimits } from './people/limits.ts';
import { createRights } from './people/rights.ts';
import type { Keep } from './ports/log.ts';
import type { Ports } from './ports/ports.ts';
import type { Processor } from './ports/queue.ts';
import { probeStore } from './stats/probe-store.ts';
import { createViews } from './stats/views.ts';

export type House = {
  readonly front: Front;
  /** Everything that begins from now on goes by this configuration, except what a start opened. */
  reload(config: Config): void;
  /** Whether anybody can be served on a chat platform. */
  isAnybodyNamed(): Promise<boolean>;
  /** Takes nothing new, lets what runs finish in time or go back to the queue. */
  close(): Promise<void>;
};

/** Everything between the fronts and the outside world, connected. Begins to work at once. */
export async function openHouse(atStart: Config, ports: Ports, version: string): Promise<House> {
  const { server, openQueue, store, log, files, rates, audit, chats, clock, logger } = ports;
  const { platforms, reread, serves, passing, cacheTier: l2 } = ports;
  let config = atStart;
  let current = makeSnapshot(config);
  const snapshot = () => current;
  const conversations = createConversations(log, store, () => keepOf(config));
  const live = createLive(conversations);
  const openReply = createReplies(live.openReply, chats);
  const opened = await openCache({ settings: config.response_cache, l2, store, clock, logger });
  let closing = false;
  const ending = new AbortController();

  // The queue calls back into the work, which needs the stable, which needs the queue.
  let process: Processor = async () => 'again';
  const queue = await openQueue((job, run) => process(job, run));
  queue.onEvent((event) => {
    if (event.type === 'added') live.asked(event.job);
    if (event.type === 'changed') live.changed(event.job);
  });

  const { stable, swaps, settled } = await openStable({
    ...ports,
    host: maskUrl(config.llm.base_url),
    queue,
    settings: () => snapshot().settings,
    answerLimitMs: config.llm.timeouts.status_seconds * 1_000,
    onProgress: (job, progress) => openReply(job).progress(progress),
    isSettled: (job) => path.isSettled(job),
    recall: (...asked) => path.recall(...asked),
    keepOutcome: async (job, outcome) => void (await path.keepOutcome(job, outcome)),
  });
  const limits = createLimits({ rates, settings: () => config.limits, openJobs: stable.openJobs });
  const switches = createSwitches(limits);
  const path = createMessagePath({
    ...ports,
    cache: opened,
    queue,
    stable,
    conversations,
    live,
    openReply,
    limits,
    config: () => config,
    snapshot,
    ending: ending.signal,
    isStopping: () => closing,
  });
  process = path.process;
  const { receive, revise, redirect, fetchPictures, stop, invalidate } = path;

  try {
    await stable.start();
    for (const { job } of await queue.jobs()) if (serves(job)) void fetchPictures(job);
  } catch (error) {
    await queue.close(0, error);
    await opened.close();
    throw error;
  }

  const requireModel = (name: string) => requireInstalled(name, snapshot().settings.models, stable.view());

  const { isAnybodyNamed, ...rights } = createRights({
    store,
    clock,
    logger,
    access: () => config.access,
    platforms,
    chats,
    limits,
    audit,
  });

  const front: Front = {
    ...rights,
    reload: reread,
    receive,
    revise,
    ...createBeginAnew({
      conversations,
      queue,
      jobsOf: stable.jobsOf,
      stop: (conversation) => stop(conversation),
      onKept: live.kept,
      dropAnswers: opened.forget,
      clock,
    }),
    again: createAgain({ conversations, receive, requireModel, clock }),
    wouldRoute: createWouldRoute({ conversations, snapshot, view: stable.view }),

    last: (address, which) =>
      conversations.last(
        conversationOf(address),
        ({ outcome }) => which === undefined || outcome.kind === 'answer',
      ),

    jobs: (address) => stable.jobsOf(conversationOf(address)).map(({ id }) => id),
    stop: (address, which) => stop(conversationOf(address), which),

    ...createChoices({ conversations, switches, snapshot, requireModel }),
    ...createModelOrders({
      stable,
      server,
      conversations,
      switches,
      audit: rights.audit,
      redirect,
      snapshot,
      ending: ending.signal,
      logger,
    }),
    follow: (address, options) => live.follow(conversationOf(address), options),
    keepFile: (bytes, mediaType) => files.keep(bytes, mediaType),

    ...createViews({
      stable,
      cache: opened,
      swaps,
      config: () => config,
      named: () => current.settings.models,
      version,
      passing,
      storeWorks: probeStore(store, clock),
      isStopping: () => closing,
    }),
    clearCache: opened.clear,
    invalidate,
    now: () => clock.wall(),
  };

  return {
    front,
    isAnybodyNamed,
    reload(next) {
      current = makeSnapshot(next);
      config = next;
      stable.reconsider();
    },
    async close() {
      closing = true;
      stable.stop();
      const reason = new OstlerError('Ostler is stopping.', { code: 'stopping', retryable: true });
      const graceMs = config.shutdown_seconds * 1_000;
      const cancel = clock.after(graceMs, () => ending.abort(reason));
      await queue.close(graceMs, reason);
      cancel();
      ending.abort(reason);
      stable.leave(reason);
      await settled();
      await opened.close();
    },
  };
}

function keepOf({ conversations }: Config): Keep {
  return { entries: conversations.keep, ttlMs: conversations.keep_days * 86_400_000 };
}
