import { toOstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { ModelServer, Resident } from '../ports/models.ts';
import { askWithin } from './ask-server.ts';
import type { ServerState } from './server-state.ts';
import { untilGone } from './swap.ts';

/** A model that nobody waits for and that does not go: another client uses it, and may. */
const IDLE_UNLOAD_LIMIT_MS = 10_000;
/** One that was replaced goes soon, or is out of reach or in use. */
const OUTDATED_UNLOAD_LIMIT_MS = 3_000;
/** How far the server's clock may be ahead of ours. */
const CLOCKS_DIFFER_MS = 10_000;
/** How long a model is left alone after its n-th failed unload in a row. */
const restAfterFailureMs = (failures: number) => Math.min(1_000 * 2 ** failures, 60_000);

/** Unloads that nothing is loaded for. */
export type Unloads = {
  /** `why`: for the log. Nothing happens while the model rests after one that failed. */
  unload(model: string, why: string): void;
  /** When the first of those that rest has rested (monotonic milliseconds). */
  nextAt(): number;
};

type Surroundings = {
  readonly server: Pick<ModelServer, 'unload'>;
  readonly state: Pick<ServerState, 'memory' | 'outdated' | 'loseSight' | 'doubt'>;
  /** Reads ps. */
  readonly look: () => Promise<readonly Resident[]>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stopped: AbortSignal;
  /** Longest silence of a short request to the server. */
  readonly answerLimitMs: number;
  /** It is told to leave. */
  readonly onBegin: (model: string) => void;
  /** It did not leave. */
  readonly onFailed: (model: string) => void;
  /** Something moved: decide again. */
  readonly onChange: () => void;
};

export function createUnloads(surroundings: Surroundings): Unloads {
  const { server, state, look, clock, logger, stopped, answerLimitMs } = surroundings;
  const { onBegin, onFailed, onChange } = surroundings;
  const { memory } = state;
  const failures = new Map<string, { readonly count: number; readonly restsUntil: number }>();
  const expiryOf = (model: string) => memory.resident(model)?.expiresAt ?? undefined;

  /** Whatever it answers another client, its time has ended then: ps shows that (server/routes.go). */
  function wasHeard(model: string, expiredBefore: number | undefined): boolean {
    const expires = expiryOf(model);
    return expires !== undefined && expires !== expiredBefore && expires <= clock.wall() + CLOCKS_DIFFER_MS;
  }

  async function unload(model: string, why: string): Promise<void> {
    const isOutdated = state.outdated().includes(model);
    const limitMs = isOutdated ? OUTDATED_UNLOAD_LIMIT_MS : IDLE_UNLOAD_LIMIT_MS;
    const expired = expiryOf(model);
    const isLeaving = memory.mark(model, 'unloading');
    onBegin(model);
    try {
      await askWithin(answerLimitMs, stopped, (signal) => server.unload(model, signal));
      await untilGone([model], limitMs, { clock, loaded: look, signal: stopped });
      failures.delete(model);
      logger.info({ model, why }, 'unloaded');
    } catch (cause) {
      // It was seen to be gone by somebody else, and may be on its way in again.
      if (stopped.aborted || !isLeaving()) return;
      const error = toOstlerError(cause);
      const count = (failures.get(model)?.count ?? 0) + 1;
      failures.set(model, { count, restsUntil: clock.now() + restAfterFailureMs(count) });
      onFailed(model);
      const isReplaced = isOutdated && error.code === 'load_failed' && !wasHeard(model, expired);
      if (isReplaced || error.code === 'not_installed') {
        await state.loseSight(model);
      } else {
        memory.mark(model, 'ready');
        state.doubt(error);
        logger.warn({ model, hint: error.hint }, error.message);
      }
    }
    onChange();
  }

  return {
    unload(model, why) {
      if ((failures.get(model)?.restsUntil ?? 0) <= clock.now()) void unload(model, why);
    },
    nextAt() {
      const ends = [...failures.values()].map(({ restsUntil }) => restsUntil);
      return Math.min(Number.POSITIVE_INFINITY, ...ends.filter((at) => at > clock.now()));
    },
  };
}
