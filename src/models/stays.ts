import { toOstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { KeepAlive, ModelServer } from '../ports/models.ts';
import { askWithin } from './ask-server.ts';
import type { LoadedOptions } from './loaded-options.ts';
import type { ServerState } from './server-state.ts';

/** Another client may say otherwise, and requests may fail: nothing is said more often. */
const SAY_AGAIN_MS = 60_000;

type Surroundings = {
  readonly server: Pick<ModelServer, 'keep'>;
  readonly state: Pick<ServerState, 'memory' | 'isStale' | 'sync' | 'doubt'>;
  readonly loadedOptions: Pick<LoadedOptions, 'of'>;
  readonly isPinned: (tag: string) => boolean;
  readonly keepAlive: (tag: string) => KeepAlive;
  /** Longest silence of a short request to the server. */
  readonly answerLimitMs: number;
  readonly stopped: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
  /** It is idle again: decide again. */
  readonly onChange: () => void;
};

/**
 * Tells the server how long a model in memory stays, where that has become another time without a question: it was
 * pinned, or is pinned no more, or was there before we were.
 */
export function createStays(surroundings: Surroundings): { tend(): Promise<void> } {
  const { server, state, loadedOptions, isPinned, keepAlive, answerLimitMs, stopped } = surroundings;
  const { clock, logger, onChange } = surroundings;
  const { memory } = state;
  /** What was said last, with whatever result. */
  const said = new Map<string, { readonly asPinned: boolean; readonly at: number }>();
  /** Those that stay for ever because they were pinned. */
  const wasPinned = new Set<string>();

  /** None while models come or go: one that is reached on its way out stays, and what comes in waits for its room. */
  function due(): readonly string[] {
    const models = memory.models();
    if (models.some((model) => model.state !== 'ready')) return [];
    for (const tag of wasPinned) if (!memory.has(tag)) wasPinned.delete(tag);
    for (const { tag } of models) if (isPinned(tag)) wasPinned.add(tag);
    return models.flatMap(({ tag, running, expiresAt }) => {
      if (running > 0 || expiresAt === undefined) return [];
      const asPinned = isPinned(tag);
      const isDue = asPinned ? expiresAt !== null : wasPinned.has(tag);
      const last = said.get(tag);
      const isSaid = last?.asPinned === asPinned && clock.now() - last.at < SAY_AGAIN_MS;
      return isDue && !isSaid ? [tag] : [];
    });
  }

  async function say(tag: string): Promise<void> {
    const asPinned = isPinned(tag);
    said.set(tag, { asPinned, at: clock.now() });
    // It is not to leave in the middle of this.
    const release = memory.hold(tag);
    const settings = { keepAlive: keepAlive(tag), options: loadedOptions.of(tag) };
    try {
      await askWithin(answerLimitMs, stopped, (signal) => server.keep(tag, settings, signal));
      logger.info({ model: tag, keep_alive: settings.keepAlive }, 'how long a model stays was said anew');
      if (!asPinned) wasPinned.delete(tag);
      // Whoever wants its room is told whether it leaves by itself.
      await state.sync();
    } catch (cause) {
      if (stopped.aborted) return;
      const error = toOstlerError(cause);
      logger.warn({ model: tag, hint: error.hint }, error.message);
      state.doubt(error);
      if (error.retryable) clock.after(SAY_AGAIN_MS, onChange);
      else if (!asPinned) wasPinned.delete(tag);
    } finally {
      release();
      onChange();
    }
  }

  return {
    async tend() {
      if (due().length === 0) return;
      // One that has left would be loaded for this.
      if (state.isStale()) await state.sync();
      for (const tag of stopped.aborted ? [] : due()) void say(tag);
    },
  };
}
