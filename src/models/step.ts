import { toOstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Consents } from './consents.ts';
import type { createEnding } from './ending.ts';
import { IDLE_LOOK_MS, type Intentions } from './intentions.ts';
import type { Judging } from './judging.ts';
import type { Line } from './line.ts';
import type { Moves } from './moves.ts';
import type { Placing } from './placing.ts';
import type { createRecalling } from './recalling.ts';
import { createRefusing } from './refusing.ts';
import { decide } from './schedule/decide.ts';
import type { Action, HostState } from './schedule/state.ts';
import { PS_EVERY_MS, type ServerState } from './server-state.ts';
import type { createStarting } from './starting.ts';

type Surroundings = Pick<ReturnType<typeof createStarting>, 'startJob' | 'beginDeliveries'> & {
  readonly line: Line;
  readonly state: ServerState;
  readonly placing: Placing;
  readonly recalling: ReturnType<typeof createRecalling>;
  readonly consents: Consents;
  readonly ending: ReturnType<typeof createEnding>;
  readonly moves: Moves;
  readonly intentions: Intentions;
  readonly hostState: () => HostState;
  /** Counts what is asked of which model. */
  readonly count: () => void;
  readonly judging: Judging;
  /** Reads the model's file into the page cache. */
  readonly stage: (model: string) => void;
  readonly tellWaiting: () => void;
  /** What was known of models holds no more for those that came or went. */
  readonly forgetOld: () => void;
  /** Models that are pinned stay for ever, and those that are no more do not. Throws. */
  readonly tendStays: () => Promise<void>;
  readonly isOwner: () => boolean;
  readonly stopped: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly wake: () => void;
};

/**
 * One step of the loop: looks, decides, and carries the decision out. Resolves to when the next one is due whatever
 * happens (monotonic milliseconds).
 */
export function createStep(surroundings: Surroundings): () => Promise<number> {
  const { line, state, placing, recalling, consents, ending, moves, intentions, hostState } = surroundings;
  const { count, stage } = surroundings;
  const {
    startJob,
    beginDeliveries,
    tellWaiting,
    forgetOld,
    tendStays,
    isOwner,
    stopped,
    clock,
    logger,
    wake,
  } = surroundings;

  const withoutImpossible = createRefusing(surroundings);

  /** Brings what is known of the server up to date, as far as it matters now. Throws. */
  async function look(): Promise<void> {
    await placing.look();
    const isOrdered = intentions.orders().length > 0;
    // What is ordered may wait for its room until somebody has deleted it.
    if (isOrdered && (await state.list(false))) placing.forget();
    const isWatched = intentions.nextAt() < Number.POSITIVE_INFINITY;
    const isOld = isOrdered ? state.isStale() : isWatched && state.isOlderThan(IDLE_LOOK_MS);
    if (isOld || state.isDoubtful()) await state.sync();
  }

  async function step(): Promise<number> {
    let actions: readonly Action[] = [];
    try {
      ending.expire();
      consents.expire();
      if (isOwner()) beginDeliveries();
      if (!state.away()) await look();
      if (stopped.aborted) return Number.POSITIVE_INFINITY;
      if (!state.away()) forgetOld();
      if (!state.away() && isOwner()) unloadOutdated();
      const late = !state.away() && placing.placeHeads(ending.giveUp);
      if (late) wake();
      if (!state.away() && isOwner()) recalling.ask();
      let seen = consider();
      actions = isOwner() ? decide(seen, clock.now()) : [];
      // What nobody waits for may be decided long after the last look.
      if (actions.some(isMove) && state.isStale()) {
        await state.sync();
        if (stopped.aborted) return Number.POSITIVE_INFINITY;
        seen = consider();
        actions = decide(seen, clock.now());
      }
      for (const action of actions) carryOut(action, seen);
      if (!state.away() && isOwner()) await tendStays();
      if (state.wasAsked()) tellWaiting();
    } catch (cause) {
      const error = toOstlerError(cause);
      if (error.code === 'unreachable') {
        moves.abandon('Ollama is silent');
        state.lose(error);
      } else if (!stopped.aborted)
        logger.error({ error: error.message, hint: error.hint }, 'a decision failed');
    }
    return nextStepAt(actions);
  }

  /** Whoever asks one of these makes Ollama load its newer version; it goes once it answers nothing. */
  function unloadOutdated(): void {
    if (moves.current()) return;
    const idle = state.memory.models().filter(({ running }) => running === 0);
    for (const tag of state.outdated())
      if (idle.some((model) => model.tag === tag)) moves.unload(tag, 'it was replaced');
  }

  /** Ends what is fulfilled, impossible or not wanted any more. Returns what is left to decide on. */
  function consider(): HostState {
    count();
    intentions.observe(hostState());
    const seen = withoutImpossible(hostState());
    const move = moves.current();
    if (seen.reachable && move && !intentions.isWanted(move, seen)) moves.abandon('nobody waits for it');
    return seen;
  }

  function nextStepAt(actions: readonly Action[]): number {
    const now = clock.now();
    const wakes = actions.flatMap((action) => (action.type === 'wake' ? [action.at] : []));
    const ends = [
      line.nextRestEndsAt(now),
      consents.nextAt(),
      moves.nextUnloadAt(),
      line.isEmpty() && intentions.orders().length === 0 ? undefined : now + PS_EVERY_MS,
    ];
    return Math.min(...wakes, intentions.nextAt(), ...ends.map((at) => at ?? Number.POSITIVE_INFINITY));
  }

  function carryOut(action: Action, seen: HostState): void {
    switch (action.type) {
      case 'start':
        startJob(action.job, action.model);
        break;
      case 'load':
        intentions.setPlan(undefined);
        moves.load(action.model, action.evict, intentions.reasonFor(action.model));
        break;
      case 'unload':
        moves.unload(action.model, seen.leaving.includes(action.model) ? 'asked to' : 'nobody waits for it');
        break;
      case 'plan':
        intentions.setPlan(action.plan);
        break;
      case 'ask':
        consents.ask(action.job, action.evict);
        break;
      case 'stage':
        stage(action.model);
        break;
      case 'wake':
        break;
    }
  }

  return step;
}

const isMove = ({ type }: Action): boolean => type === 'load' || type === 'unload';
