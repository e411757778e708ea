import type { Outcome } from '../chat/exchange.ts';
import type { Progress } from '../chat/progress.ts';
import { type OstlerError, toFailure, toOstlerError } from '../errors.ts';
import type { Job } from '../path/job.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { ModelServer } from '../ports/models.ts';
import type { Queue } from '../ports/queue.ts';
import { createEnding } from './ending.ts';
import type { Grant } from './grant.ts';
import { createLine } from './line.ts';
import { createLoadedOptions } from './loaded-options.ts';
import { createMoves } from './moves.ts';
import type { Place } from './place.ts';
import { createPlacing } from './placing.ts';
import { createRecalling, type Recall } from './recalling.ts';
import { type Action, decide, type HostState } from './schedule.ts';
import { createServerState, PS_EVERY_MS } from './server-state.ts';
import type { ServerView, Settings } from './server-view.ts';
import { createStarting } from './starting.ts';
import { createTelling } from './telling.ts';
import { createTurnstile, type Over } from './turnstile.ts';

type Surroundings = {
  /** The server's address, fit to be shown. */
  readonly host: string;
  readonly server: ModelServer;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: () => Settings;
  /** Longest silence of a short request to the server. */
  readonly answerLimitMs: number;
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

/** The one owner of a server's state: every load, every unload and every start of a job is its doing. */
export type Stable = {
  /** Takes over what the queue holds and begins to work. */
  start(): Promise<void>;
  grant(job: string): Grant | undefined;
  /** A model goes on answering though its job has ended. Returns what ends that. */
  hold(model: string): () => void;
  /**
   * The job's outcome is kept: others may use its model while it is delivered. False where it is not its turn
   * yet: the job goes back and is run again for it.
   */
  settle(job: string): boolean;
  /** A question failed in a way that says something about the server: look again before the next one. */
  doubt(error: OstlerError): void;
  /** When this job comes back to the queue, it is left alone for so long. */
  rest(job: string, ms: number): void;
  /**
   * Ends a job that does not run here: resolves when its outcome is kept; it is delivered as soon as it can
   * be. Where keeping it fails, the job waits on as before.
   */
  end(job: Job, outcome: Outcome): Promise<void>;
  /** Resolves when the outcome of a running job is kept, or when it ended or went back without one. */
  whenOver(job: string): Promise<Over>;
  /** The jobs whose outcome is still open, by arrival. */
  jobsOf(conversation: string): readonly Job[];
  /** The same of all conversations. */
  openJobs(): readonly Job[];
  view(): ServerView;
  /** Reads the server's state if what is known is older than this. Never throws. */
  refresh(olderThanMs: number): void;
  /** Starts nothing more and gives up a load that is under way. */
  stop(): void;
  /** The settings are others now: decides again, for those who wait, too. */
  reconsider(): void;
  /** Nothing runs any more: whoever still waits for the end of a job is told this reason. */
  leave(reason: OstlerError): void;
};

export function createStable(surroundings: Surroundings): Stable {
  const { host, server, queue, clock, logger, settings, answerLimitMs, onProgress, keepOutcome } =
    surroundings;
  const { serves, isOwner, isSettled, recall } = surroundings;
  const line = createLine();
  const stopping = new AbortController();
  const stopped = stopping.signal;
  let stepping = false;
  let stepAgain = false;
  let cancelTimer = () => {};

  const state = createServerState({ host, server, clock, logger, answerLimitMs, stopped, onNews });
  const { memory, inventory } = state;
  const turnstile = createTurnstile({ queue, line, memory, clock, serves, isSettled, wake });
  const placing = createPlacing({ line, state, clock, settings });
  const loadedOptions = createLoadedOptions(memory, settings);
  const { expire, giveUp, finishWaiting, end } = createEnding({
    line,
    state,
    clock,
    logger,
    keepOutcome,
    wake,
  });
  const moves = createMoves({
    server,
    state,
    loadedOptions,
    clock,
    logger,
    settings,
    stopped,
    answerLimitMs,
    onChange: wake,
    onGivenUp(model, error) {
      for (const head of line.heads(clock.now()))
        if (modelOf(head) === model) giveUp(head.job, toFailure(error));
    },
  });

  const { grantOf, startJob, beginDeliveries } = createStarting({
    queue,
    line,
    state,
    loadedOptions,
    turnstile,
    clock,
    logger,
  });
  const tellWaiting = createTelling({ line, clock, moves, hostState, onProgress });
  const recalling = createRecalling({
    line,
    clock,
    recall,
    presume: grantOf,
    onFound: (job, outcome) => void finishWaiting(job, outcome),
    wake,
  });

  /** One step at a time; what happens meanwhile leads to another one. */
  function wake(): void {
    if (stopped.aborted) return;
    if (stepping) {
      stepAgain = true;
      return;
    }
    stepping = true;
    void step().finally(() => {
      stepping = false;
      if (!stepAgain) return;
      stepAgain = false;
      wake();
    });
  }

  async function step(): Promise<void> {
    let actions: readonly Action[] = [];
    try {
      expire();
      if (isOwner()) beginDeliveries();
      if (!state.away()) await placing.look();
      if (stopped.aborted) return;
      loadedOptions.forgetGone();
      const late = !state.away() && placing.placeHeads(giveUp);
      if (late) stepAgain = true;
      if (!state.away() && isOwner()) recalling.ask();
      const seen = hostState();
      const moving = moves.current()?.model;
      const isWanted = seen.waiting.some(({ model }) => model === moving);
      if (seen.reachable && moving && !isWanted) moves.abandon('nobody waits for it');
      actions = isOwner() ? decide(seen, clock.now()) : [];
      for (const action of actions) carryOut(action);
      if (state.wasAsked()) tellWaiting();
    } catch (cause) {
      const error = toOstlerError(cause);
      if (error.code === 'unreachable') {
        moves.abandon('Ollama is silent');
        state.lose(error);
      } else if (!stopped.aborted)
        logger.error({ error: error.message, hint: error.hint }, 'a decision failed');
    } finally {
      setTimer(actions);
    }
  }

  function hostState(): HostState {
    const { policy, parallel } = settings();
    const waiting = line.heads(clock.now()).flatMap((head) => {
      const model = modelOf(head);
      if (model === undefined || !recalling.isMissing(head)) return [];
      return [{ id: head.job.id, model, eligibleAt: head.eligibleAt }];
    });
    const resting = Object.fromEntries(
      [...moves.failures()].map(([tag, { restsUntil }]) => [tag, restsUntil]),
    );
    return { host, reachable: !state.away(), models: memory.models(), waiting, resting, parallel, ...policy };
  }

  function onNews(): void {
    placing.forget();
    wake();
  }

  function setTimer(actions: readonly Action[]): void {
    cancelTimer();
    if (stopped.aborted) return;
    const now = clock.now();
    const wakes = actions.flatMap((action) => (action.type === 'wake' ? [action.at - now] : []));
    const restEnds = line.nextRestEndsAt(now);
    if (restEnds !== undefined) wakes.push(restEnds - now);
    if (!line.isEmpty()) wakes.push(PS_EVERY_MS);
    cancelTimer = wakes.length === 0 ? () => {} : clock.after(Math.max(0, Math.min(...wakes)), wake);
  }

  function carryOut(action: Action): void {
    switch (action.type) {
      case 'start':
        startJob(action.job, action.model);
        break;
      case 'load':
        moves.load(action.model, action.evict);
        break;
      case 'unload':
        moves.unload(action.model);
        break;
      case 'wake':
        break;
    }
  }

  return {
    async start() {
      await turnstile.start();
      wake();
      state.open();
    },

    grant: (id) => line.find(id)?.grant,
    hold(model) {
      memory.use(model);
      return () => {
        memory.release(model);
        wake();
      };
    },
    doubt: state.doubt,
    rest: turnstile.rest,
    end,
    settle: turnstile.settle,
    whenOver: turnstile.whenOver,
    jobsOf: (conversation) => openOf(line.of(conversation)),
    openJobs: () => openOf(line.all()),

    view() {
      const away = state.away();
      return {
        version: state.version(),
        simulated: state.isSimulated(),
        away: away && { since: away.since, message: away.error.message, hint: away.error.hint },
        installed: inventory.list(),
        models: memory.models(),
        failed: new Map([...moves.failures()].map(([tag, { error }]) => [tag, error.message])),
        waiting: line.waiting().length,
        running: line.running(),
      };
    },

    refresh: state.refresh,

    stop() {
      stopping.abort();
      cancelTimer();
    },

    reconsider() {
      for (const place of line.waiting()) place.listed = false;
      onNews();
    },

    leave: turnstile.leave,
  };
}

function modelOf({ placement }: Place): string | undefined {
  return placement?.kind === 'model' ? placement.model : undefined;
}

/** Those whose outcome is not known. */
function openOf(places: readonly Place[]): readonly Job[] {
  return places.flatMap(({ job, settled }) => (settled ? [] : [job]));
}
