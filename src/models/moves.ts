import { type OstlerError, toOstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { KeepAlive, ModelServer, Resident } from '../ports/models.ts';
import { type Departed, type Displaced, followDisplaced, NOBODY } from './displaced.ts';
import { createFailedLoads, type FailedLoad } from './failed-loads.ts';
import type { LoadedOptions } from './loaded-options.ts';
import type { ModelTimes } from './model-times.ts';
import type { LoadReason, Move } from './move.ts';
import type { ServerState } from './server-state.ts';
import type { Settings } from './settings.ts';
import { carryOutSwap } from './swap.ts';
import { createUnloads, type Unloads } from './unloads.ts';

/** How a load ended, and who had made room for it. */
export type LoadEnd = Departed & {
  readonly model: string;
  readonly why: LoadReason;
  /** Undefined where it was loaded, and where it was abandoned. */
  readonly error?: OstlerError;
  /** It is not tried again for whoever asked for it or ordered it. */
  readonly isFinal?: true;
  /** Of the load alone, and with the unloading of others; undefined where it did not end well. */
  readonly ms?: number;
  readonly swapMs?: number;
};

/** Carries out loads, one at a time, and unloads that nothing is loaded for. */
export type Moves = {
  /** The load that is under way. */
  current(): Move | undefined;
  /** Who makes room for this model: nobody, where no load of it is under way. */
  displacedBy(model: string): Displaced;
  load(model: string, evict: readonly string[], why: LoadReason): void;
  readonly unload: Unloads['unload'];
  readonly nextUnloadAt: Unloads['nextAt'];
  /** Ends a load that is under way, which has not failed by that. */
  abandon(why: string): void;
  /** Models whose last load failed. */
  failures(): ReadonlyMap<string, FailedLoad>;
  /** What is in memory has not failed, whoever loaded it. */
  forgetFailures(): void;
};

type Surroundings = {
  readonly server: ModelServer;
  readonly state: ServerState;
  readonly loadedOptions: LoadedOptions;
  readonly times: Pick<ModelTimes, 'of' | 'loaded'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: () => Settings;
  readonly keepAlive: (model: string) => KeepAlive;
  readonly stopped: AbortSignal;
  /** Longest silence of a short request to the server. */
  readonly answerLimitMs: number;
  /** Something moved: decide again. */
  readonly onChange: () => void;
  /** The load itself begins. */
  readonly onBegin: (model: string) => void;
  readonly onEnd: (end: LoadEnd) => void;
  /** A model that nothing is loaded for was told to leave, and did not. */
  readonly onUnloadFailed: (model: string) => void;
  /** The model could not be loaded, and it is not tried again for those who wait. */
  readonly onFinal: (model: string, error: OstlerError) => void;
};

export function createMoves(surroundings: Surroundings): Moves {
  const { server, state, loadedOptions, clock, logger, settings, stopped, answerLimitMs } = surroundings;
  const { keepAlive, times, onChange, onBegin, onEnd, onFinal } = surroundings;
  const { memory } = state;
  const failures = createFailedLoads({ clock, logger, maxRetries: () => settings().maxRetries });
  let move:
    | (Omit<Move, 'forSeconds'> & { readonly since: number; readonly abort: AbortController })
    | undefined;
  let displaced: ReturnType<typeof followDisplaced> | undefined;

  async function look(): Promise<readonly Resident[]> {
    try {
      return await state.sync();
    } catch (cause) {
      state.doubt(toOstlerError(cause));
      throw cause;
    }
  }

  const unloads = createUnloads({
    ...surroundings,
    look,
    onBegin: (model) => displaced?.dismiss(model),
    onFailed: surroundings.onUnloadFailed,
  });

  async function load(model: string, evict: readonly string[], why: LoadReason): Promise<void> {
    const began = clock.now();
    const tier = times.of(model)?.expected ?? 'cold';
    const abort = new AbortController();
    const signal = AbortSignal.any([stopped, abort.signal]);
    move = {
      model,
      why,
      stage: evict.length > 0 ? 'unloading' : 'loading',
      unloading: evict,
      since: began,
      tier,
      abort,
    };
    const following = followDisplaced(evict, { memory, clock });
    displaced = following;
    let loadingSince = began;
    for (const victim of evict) memory.mark(victim, 'unloading');
    memory.mark(model, 'loading');
    const known = new Set(memory.models().map(({ tag }) => tag));
    const { loadLimitMs } = settings();
    const options = loadedOptions.take(model);
    const swap = { model, evict, loadLimitMs, answerLimitMs, keepAlive: keepAlive(model), options };
    const onLoading = () => {
      // It may not fit any more: beside another one Ollama would make room by itself.
      const others = memory.models().filter(({ tag }) => !known.has(tag));
      if (others.length > 0) abort.abort(`${others[0]?.tag} was loaded by somebody else`);
      signal.throwIfAborted();
      onBegin(model);
      loadingSince = clock.now();
      move = { model, why, stage: 'loading', unloading: [], since: loadingSince, tier, abort };
      onChange();
    };
    try {
      await carryOutSwap(swap, {
        server,
        clock,
        loaded: look,
        signal,
        stopped,
        onUntold: following.untell,
        onOutOfReach(victim) {
          following.dismiss(victim);
          return state.loseSight(victim);
        },
        onLoading,
      });
      failures.forget(model);
      const ms = clock.now() - loadingSince;
      times.loaded(model, tier, ms);
      logger.info({ model, unloaded: evict, seconds: seconds(clock.now() - began) }, 'loaded');
      // Before it counts as ready: Ollama may have evicted others for it, and nobody may be sent to those.
      await look().catch(() => {});
      memory.mark(model, 'ready');
      onEnd({ model, ...following.now(), why, ms, swapMs: clock.now() - began });
    } catch (cause) {
      const error = toOstlerError(cause);
      // Before the list of models is read anew: those who wait for this one are known by it.
      const isFinal = !signal.aborted && failures.note(model, error);
      if (signal.aborted) logger.info({ model, why: String(signal.reason) }, 'the load was abandoned');
      if (isFinal) onFinal(model, error);
      state.doubt(error);
      // Who has left, and whether it came all the same, is known once ps has said so; until then nothing else begins.
      const shown = await look().catch(() => []);
      const made = following.now();
      if (!shown.some(({ tag }) => tag === model)) memory.drop(model);
      for (const tag of [model, ...evict]) if (memory.has(tag)) memory.mark(tag, 'ready');
      onEnd({ model, ...made, why, ...(!signal.aborted && { error }), ...(isFinal && { isFinal }) });
    } finally {
      move = undefined;
      displaced = undefined;
      onChange();
    }
  }

  return {
    current() {
      if (!move) return undefined;
      const forSeconds = Math.floor((clock.now() - move.since) / 1_000);
      // Ollama from 0.30 on lists a model once its weights are read: what is left is its start.
      const starts = move.stage === 'loading' && memory.resident(move.model) !== undefined;
      return { ...move, forSeconds, ...(starts && { stage: 'initializing' }) };
    },
    displacedBy: (model) => (move?.model === model && displaced?.now()) || NOBODY,
    load: (model, evict, why) => void load(model, evict, why),
    unload: unloads.unload,
    nextUnloadAt: unloads.nextAt,
    abandon: (why) => move?.abort.abort(why),
    failures: failures.all,
    forgetFailures() {
      for (const tag of failures.all().keys()) if (memory.isReady(tag)) failures.forget(tag);
    },
  };
}

function seconds(ms: number): number {
  return Math.round(ms) / 1_000;
}
