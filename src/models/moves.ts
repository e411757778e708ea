import { type OstlerError, toOstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { ModelServer } from '../ports/models.ts';
import { askWithin } from './ask-server.ts';
import type { Move } from './expect.ts';
import type { LoadedOptions } from './loaded-options.ts';
import type { ServerState } from './server-state.ts';
import type { Settings } from './server-view.ts';
import { carryOutSwap, untilGone } from './swap.ts';

/** How long a model is left alone after its n-th failed load in a row. */
const restAfterFailureMs = (failures: number) => Math.min(1_000 * 2 ** failures, 60_000);

/** A model that nobody waits for and that does not go: another client uses it, and may. */
const IDLE_UNLOAD_LIMIT_MS = 10_000;

type FailedLoad = { readonly count: number; readonly restsUntil: number; readonly error: OstlerError };

/** Carries out loads and unloads, one at a time. */
export type Moves = {
  /** What is under way. */
  current(): Move | undefined;
  load(model: string, evict: readonly string[]): void;
  unload(model: string): void;
  /** Gives up a load that is under way. */
  abandon(why: string): void;
  /** Models whose last load failed. */
  failures(): ReadonlyMap<string, FailedLoad>;
};

type Surroundings = {
  readonly server: ModelServer;
  readonly state: ServerState;
  readonly loadedOptions: LoadedOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: () => Settings;
  readonly stopped: AbortSignal;
  /** Longest silence of a short request to the server. */
  readonly answerLimitMs: number;
  /** Something moved: decide again. */
  readonly onChange: () => void;
  /** The model could not be loaded, and it is not tried again for those who wait. */
  readonly onGivenUp: (model: string, error: OstlerError) => void;
};

export function createMoves(surroundings: Surroundings): Moves {
  const { server, state, loadedOptions, clock, logger, settings, stopped, answerLimitMs } = surroundings;
  const { onChange, onGivenUp } = surroundings;
  const { memory } = state;
  const failures = new Map<string, FailedLoad>();
  let move:
    | (Omit<Move, 'forSeconds'> & { readonly since: number; readonly abort: AbortController })
    | undefined;

  async function load(model: string, evict: readonly string[]): Promise<void> {
    const began = clock.now();
    const abort = new AbortController();
    const signal = AbortSignal.any([stopped, abort.signal]);
    move = {
      model,
      stage: evict.length > 0 ? 'unloading' : 'loading',
      unloading: evict,
      since: began,
      abort,
    };
    for (const victim of evict) memory.mark(victim, 'unloading');
    memory.mark(model, 'loading');
    const { policy, loadLimitMs } = settings();
    const options = loadedOptions.take(model);
    const swap = { model, evict, loadLimitMs, answerLimitMs, keepAlive: policy.keepAlive, options };
    const onLoading = () => {
      for (const victim of evict) memory.drop(victim);
      move = { model, stage: 'loading', unloading: [], since: clock.now(), abort };
      onChange();
    };
    try {
      await carryOutSwap(swap, { server, clock, loaded: state.residents, signal, onLoading });
      failures.delete(model);
      logger.info({ model, unloaded: evict, seconds: seconds(clock.now() - began) }, 'loaded');
      // Before it counts as ready: Ollama may have evicted others for it, and nobody may be sent to those.
      await state.sync().catch((cause: unknown) => state.doubt(toOstlerError(cause)));
      memory.mark(model, 'ready');
    } catch (cause) {
      memory.drop(model);
      for (const victim of evict) if (memory.has(victim)) memory.mark(victim, 'ready');
      const error = toOstlerError(cause);
      state.doubt(error);
      if (signal.aborted) logger.info({ model, why: String(signal.reason) }, 'the load was given up');
      else noteFailure(model, error);
    } finally {
      move = undefined;
      onChange();
    }
  }

  function noteFailure(model: string, error: OstlerError): void {
    logger.warn({ model, code: error.code, hint: error.hint }, 'a load failed');
    const count = (failures.get(model)?.count ?? 0) + 1;
    failures.set(model, { count, restsUntil: clock.now() + restAfterFailureMs(count), error });
    // A model that is listed and then not there may be on its way out: the new list will say.
    const mayWork = error.retryable || error.code === 'not_installed';
    if (!mayWork || count > settings().maxRetries) onGivenUp(model, error);
  }

  async function unload(model: string): Promise<void> {
    memory.mark(model, 'unloading');
    try {
      await askWithin(answerLimitMs, stopped, (signal) => server.unload(model, signal));
      await untilGone([model], IDLE_UNLOAD_LIMIT_MS, { clock, loaded: state.residents, signal: stopped });
      memory.drop(model);
      logger.info({ model }, 'unloaded: nobody waits for it');
    } catch (cause) {
      if (stopped.aborted) return;
      memory.mark(model, 'ready');
      const error = toOstlerError(cause);
      state.doubt(error);
      logger.warn({ model, hint: error.hint }, error.message);
    }
    onChange();
  }

  return {
    current: () => move && { ...move, forSeconds: Math.floor((clock.now() - move.since) / 1_000) },
    load: (model, evict) => void load(model, evict),
    unload: (model) => void unload(model),
    abandon: (why) => move?.abort.abort(why),
    failures: () => failures,
  };
}

function seconds(ms: number): number {
  return Math.round(ms) / 1_000;
}
