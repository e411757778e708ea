import type { Outcome } from '../chat/exchange.ts';
import type { Progress } from '../chat/progress.ts';
import { toFailure } from '../errors.ts';
import type { Job } from '../path/job.ts';
import type { Queue } from '../ports/queue.ts';
import type { SwapStats } from '../stats/swap-stats.ts';
import { createConsents } from './consents.ts';
import { createEnding } from './ending.ts';
import { createHostState } from './host-state.ts';
import { createIntentions } from './intentions.ts';
import { keepAliveFor } from './keep-alive.ts';
import { createKeptOut } from './kept-out.ts';
import { createLine } from './line.ts';
import { createLoadedOptions } from './loaded-options.ts';
import { createLoop } from './loop.ts';
import { createLore, type Sources } from './lore.ts';
import { createMoves } from './moves.ts';
import { createCounting, findNeedy } from './needy.ts';
import type { Pins } from './pins.ts';
import { modelOf } from './place.ts';
import { createPlacing } from './placing.ts';
import { createRecalling, type Recall } from './recalling.ts';
import { createStarting } from './starting.ts';
import { createStays } from './stays.ts';
import { createStep } from './step.ts';
import { createTelling } from './telling.ts';
import { createTurnstile } from './turnstile.ts';

export type Surroundings = Sources & {
  readonly queue: Queue;
  readonly pins: Pins;
  readonly swaps: Pick<SwapStats, 'demanded' | 'swapped'>;
  /** Jobs that this process works on; it leaves the others in the queue. */
  readonly serves: (job: Job) => boolean;
  /** Whether it is certain that no other process owns the models. */
  readonly isOwner: () => boolean;
  readonly onProgress: (job: Job, progress: Progress) => void;
  /** Whether the job's outcome is kept already, so that it only has to be delivered. */
  readonly isSettled: (job: Job) => Promise<boolean>;
  readonly recall: Recall;
  /** Keeps the outcome of a job that waits. */
  readonly keepOutcome: (job: Job, outcome: Outcome) => Promise<void>;
};

/** Puts together what the loop over one server is made of. It begins when it is woken. */
export function createYard(surroundings: Surroundings) {
  const { server, queue, clock, logger, settings, answerLimitMs, onProgress, keepOutcome } = surroundings;
  const { host, serves, isOwner, isSettled, recall, pins, swaps } = surroundings;
  const line = createLine();
  const stopping = new AbortController();
  const stopped = stopping.signal;
  // Everything below may lead to another step, which needs everything below.
  let step = async () => Number.POSITIVE_INFINITY;
  const { wake, stop: stopLoop } = createLoop({ clock, stopped, step: () => step() });

  const intentions = createIntentions({
    clock,
    settings,
    pins,
    installedAs: (tag) => lore.inventory.find(tag)?.tag ?? tag,
    expects: (model) => placing.expected().has(model),
    moves: () => moves,
    hostState: () => hostState(),
    stopped,
    onChange: wake,
  });
  const lore = createLore({
    ...surroundings,
    stopped,
    keeperOf: intentions.keeperOf,
    restsUntil: (tag) => moves.failures().get(tag)?.restsUntil ?? 0,
    isMoving: () => moves.current() !== undefined,
    onNews,
    onContact: intentions.onContact,
    wake,
  });
  const { state, memory, times } = lore;
  const turnstile = createTurnstile({ queue, line, memory, clock, serves, isSettled, wake });
  const placing = createPlacing({ line, state, clock, settings });
  const loadedOptions = createLoadedOptions({ ...surroundings, memory });
  const ending = createEnding({ line, state, clock, logger, keepOutcome, wake });
  const consents = createConsents({ line, clock, giveUp: ending.giveUp });
  const isPinned = (tag: string) => intentions.keeperOf(tag).keeps === 'pinned';
  const keepAlive = (tag: string) => {
    const visitMs = line.countFor(tag) * lore.service.of(tag);
    return keepAliveFor(settings().policy, isPinned(tag), visitMs);
  };
  const moves = createMoves({
    server,
    state,
    loadedOptions,
    times,
    clock,
    logger,
    settings,
    keepAlive,
    stopped,
    answerLimitMs,
    onChange: wake,
    onBegin: lore.loadBegan,
    onEnd(end) {
      lore.loadEnded(end);
      if (end.swapMs !== undefined) swaps.swapped(end.model, end.swapMs);
      intentions.onLoadEnd(end);
    },
    onUnloadFailed: intentions.onUnloadFailed,
    onFinal(model, error) {
      for (const head of line.heads(clock.now()))
        if (modelOf(head) === model) ending.giveUp(head.job, toFailure(error));
    },
  });
  const { grantOf, startJob, beginDeliveries } = createStarting({
    queue,
    line,
    state,
    loadedOptions,
    keepAlive,
    turnstile,
    clock,
    logger,
  });
  const recalling = createRecalling({
    line,
    clock,
    recall,
    presume: grantOf,
    onFound: (job, outcome) => void ending.finishWaiting(job, outcome),
    wake,
  });
  const needy = () => findNeedy(line, recalling.needsModel, clock.now());
  const { expected } = placing;
  const intents = intentions.forDecision;
  const hostState = createHostState({ host, clock, settings, lore, needy, expected, intents });
  const stays = createStays({
    server,
    state,
    loadedOptions,
    isPinned,
    keepAlive,
    answerLimitMs,
    stopped,
    clock,
    logger,
    onChange: wake,
  });
  const keptOut = createKeptOut({ judging: lore.judging, clock });
  step = createStep({
    line,
    state,
    placing,
    recalling,
    consents,
    ending,
    moves,
    intentions,
    hostState,
    count: createCounting({ needy, clock, arrivals: lore.arrivals, memory, onDemand: swaps.demanded }),
    judging: lore.judging,
    stage: lore.stage,
    startJob,
    beginDeliveries,
    tellWaiting: createTelling({ line, clock, moves, times, intentions, hostState, keptOut, onProgress }),
    forgetOld() {
      loadedOptions.look();
      moves.forgetFailures();
    },
    tendStays: stays.tend,
    isOwner,
    stopped,
    clock,
    logger,
    wake,
  });

  function onNews(): void {
    placing.forget();
    wake();
  }

  return {
    line,
    lore,
    loadedOptions,
    turnstile,
    ending,
    consents,
    moves,
    intentions,
    hostState,
    wake,
    onNews,
    stop() {
      intentions.cancelOrders(() => true);
      stopping.abort();
      stopLoop();
    },
  };
}
