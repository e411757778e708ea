import type { Progress } from '../chat/progress.ts';
import { fromFailure, OstlerError, toFailure, toOstlerError } from '../errors.ts';
import type { Job } from '../path/job.ts';
import { type Placement, place } from '../path/route.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { ModelServer } from '../ports/models.ts';
import type { Queue, QueueEvent } from '../ports/queue.ts';
import { expectations } from './expect.ts';
import { createLine, type Head } from './line.ts';
import { createMoves } from './moves.ts';
import { type Action, decide, type HostState } from './schedule.ts';
import { createServerState, PS_EVERY_MS } from './server-state.ts';
import type { ServerView, Settings } from './server-view.ts';

/** After the queue could not begin a job, or knew nothing of it. */
const QUEUE_PAUSE_MS = 1_000;

/** What a job may use: handed out when its turn has come. */
export type Grant = {
  readonly model: string;
  readonly digest: string;
  readonly capabilities: readonly string[];
  /** In tokens; undefined where the server does not say. */
  readonly contextLength: number | undefined;
  readonly simulated: boolean;
  readonly placement: Extract<Placement, { kind: 'model' }>;
};

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
  readonly onProgress: (job: Job, progress: Progress) => void;
  /** The job cannot be done: tell its person and end it. */
  readonly onHopeless: (job: Job, error: OstlerError) => Promise<void>;
};

/** The one owner of a server's state: every load, every unload and every start of a job is its doing. */
export type Stable = {
  /** Takes over what the queue holds and begins to work. */
  start(): Promise<void>;
  grant(job: string): Grant | undefined;
  /** A question failed in a way that says something about the server: look again before the next one. */
  doubt(error: OstlerError): void;
  /** When this job comes back to the queue, it is left alone for so long. */
  rest(job: string, ms: number): void;
  /** This job is about to be ended from outside: it is begun no more. */
  dismiss(job: string): void;
  jobsOf(conversation: string): readonly Job[];
  isRunning(job: string): boolean;
  view(): ServerView;
  /** Reads the server's state if what is known is older than this. Never throws. */
  refresh(olderThanMs: number): void;
  /** Starts nothing more and gives up a load that is under way. */
  stop(): void;
};

export function createStable(surroundings: Surroundings): Stable {
  const { host, server, queue, clock, logger, settings, answerLimitMs, onProgress, onHopeless } =
    surroundings;
  const line = createLine();
  const grants = new Map<string, Grant>();
  const placements = new Map<string, Placement>();
  const rests = new Map<string, number>();
  /** What each waiting job was told last. */
  const told = new Map<string, string>();
  const ending = new Set<string>();
  const stopping = new AbortController();
  const stopped = stopping.signal;
  let stepping = false;
  let stepAgain = false;
  let cancelTimer = () => {};

  const state = createServerState({
    host,
    server,
    clock,
    logger,
    answerLimitMs,
    stopped,
    onNews() {
      placements.clear();
      wake();
    },
  });
  const { memory, inventory } = state;
  const onGivenUp = (model: string, error: OstlerError) => {
    for (const { job } of line.heads(clock.now())) if (modelOf(job) === model) endHopeless(job, error);
  };
  const moves = createMoves({ server, state, clock, logger, settings, stopped, onChange: wake, onGivenUp });

  // ---- deciding

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
      const heads = line.heads(clock.now()).filter(({ job }) => !ending.has(job.id));
      if (!state.away()) await look(heads);
      if (stopped.aborted) return;
      const seen = hostState(heads);
      const moving = moves.current()?.model;
      if (seen.reachable && moving && !seen.waiting.some(({ model }) => model === moving)) moves.abandon();
      actions = decide(seen, clock.now());
      for (const action of actions) carryOut(action);
      tellWaiting(heads);
    } catch (cause) {
      const error = toOstlerError(cause);
      if (error.code === 'unreachable') state.lose(error);
      else if (!stopped.aborted)
        logger.error({ error: error.message, hint: error.hint }, 'a decision failed');
    } finally {
      setTimer(actions);
    }
  }

  /** Brings what is known up to date, as far as the heads need it, and finds each one its model. */
  async function look(heads: readonly Head[]): Promise<void> {
    if (heads.length === 0) return;
    if (state.isStale() && !moves.current()) await state.sync();
    // A model may have been installed a moment ago: nobody is told otherwise before the list was read again.
    const isAsWanted = (placement: Placement) => placement.kind === 'model' && placement.notice === undefined;
    const doubtful = heads.some(({ job }) => !placements.has(job.id) && !isAsWanted(placeNow(job)));
    if (await state.list(doubtful)) placements.clear();
    for (const { job } of heads) {
      const placement = placements.get(job.id) ?? placeNow(job);
      placements.set(job.id, placement);
      if (placement.kind === 'impossible') endHopeless(job, fromFailure(placement.failure));
    }
  }

  function placeNow({ route, message }: Job): Placement {
    const residents = memory.models().map((model) => model.tag);
    const world = { installed: inventory.list(), residents };
    return place(route, message.images.length > 0, world, settings().routing);
  }

  function modelOf({ id }: Job): string | undefined {
    const placement = placements.get(id);
    return placement?.kind === 'model' ? placement.model : undefined;
  }

  function hostState(heads: readonly Head[]): HostState {
    const { policy, parallel } = settings();
    const waiting = heads.flatMap(({ job, eligibleAt }) => {
      const model = modelOf(job);
      return model === undefined ? [] : [{ id: job.id, model, eligibleAt }];
    });
    const resting = Object.fromEntries(
      [...moves.failures()].map(([tag, { restsUntil }]) => [tag, restsUntil]),
    );
    return { host, reachable: !state.away(), models: memory.models(), waiting, resting, parallel, ...policy };
  }

  function expire(): void {
    for (const job of line.waiting()) {
      if (job.deadlineAt > clock.wall()) continue;
      const minutes = Math.round((job.deadlineAt - job.enqueuedAt) / 60_000);
      const hint = state.away()?.error.message ?? 'Ask again, perhaps for another model.';
      const message = `Nobody could answer within ${minutes} minutes.`;
      endHopeless(job, new OstlerError(message, { code: 'expired', hint }));
    }
  }

  function endHopeless(job: Job, error: OstlerError): void {
    if (ending.has(job.id)) return;
    ending.add(job.id);
    onHopeless(job, error).catch((cause: unknown) => {
      ending.delete(job.id);
      logger.error({ job: job.id, ...toFailure(cause) }, 'a question could not be ended');
    });
  }

  function tellWaiting(heads: readonly Head[]): void {
    const left = heads.filter(({ job }) => !line.isRunning(job.id));
    const waiting = line.waiting().filter((job) => !ending.has(job.id));
    const expected = expectations(waiting, hostState(left), moves.current(), line.running());
    for (const job of waiting) {
      const progress = expected.get(job.id);
      const text = JSON.stringify(progress);
      if (!progress || told.get(job.id) === text) continue;
      told.set(job.id, text);
      onProgress(job, progress);
    }
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

  // ---- carrying out

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

  function startJob(id: string, model: string): void {
    const placement = placements.get(id);
    if (placement?.kind !== 'model') return;
    const { digest = '', capabilities = [] } = inventory.find(model) ?? {};
    const contextLength = memory.resident(model)?.contextLength;
    grants.set(id, { model, digest, capabilities, contextLength, simulated: state.isSimulated(), placement });
    line.begin(id);
    memory.use(model);
    told.delete(id);
    queue.promote(id).then(
      (begun) => begun || giveBack(id, QUEUE_PAUSE_MS),
      (error: unknown) => {
        logger.error({ job: id, ...toFailure(error) }, 'a question could not be begun');
        giveBack(id, QUEUE_PAUSE_MS);
      },
    );
  }

  function giveBack(id: string, restMs: number): void {
    release(id);
    line.giveBack(id, clock.now() + restMs, clock.now());
    wake();
  }

  function release(id: string): void {
    const grant = grants.get(id);
    if (!grant) return;
    grants.delete(id);
    memory.release(grant.model);
  }

  function onQueueEvent(event: QueueEvent): void {
    switch (event.type) {
      case 'added':
        line.add(event.job, clock.now());
        break;
      case 'returned': {
        giveBack(event.id, rests.get(event.id) ?? 0);
        rests.delete(event.id);
        break;
      }
      case 'ended':
      case 'removed':
        release(event.id);
        line.remove(event.id, clock.now());
        for (const known of [placements, told, rests]) known.delete(event.id);
        ending.delete(event.id);
        break;
    }
    wake();
  }

  return {
    async start() {
      queue.onEvent(onQueueEvent);
      const now = clock.now();
      for (const { job, state: where } of await queue.jobs()) {
        line.add(job, now);
        // Still held by a process that was killed; the queue gives it back.
        if (where === 'running') line.begin(job.id);
      }
      wake();
      state.open();
    },

    grant: (id) => grants.get(id),
    doubt: state.doubt,
    rest: (id, ms) => void rests.set(id, ms),
    dismiss: (id) => void ending.add(id),
    jobsOf: (conversation) => line.of(conversation),
    isRunning: (id) => line.isRunning(id),

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

    refresh(olderThanMs) {
      if (!moves.current()) state.refresh(olderThanMs);
    },

    stop() {
      stopping.abort();
      cancelTimer();
    },
  };
}
