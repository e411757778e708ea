import { OstlerError, toOstlerError } from '../errors.ts';
import type { ModelOptions } from '../path/job.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeepAlive, ModelServer, Resident } from '../ports/models.ts';
import { askWithin, timeoutSignal } from './ask-server.ts';

/** After our own unload Ollama does not wait until the memory is free (server/sched.go): we do. */
const POLL_MS = { first: 25, most: 1_000 };
const UNLOAD_LIMIT_MS = 60_000;

type Swap = {
  readonly model: string;
  readonly evict: readonly string[];
  readonly keepAlive: KeepAlive;
  readonly options: ModelOptions;
  readonly loadLimitMs: number;
  /** Longest silence of a short request to the server. */
  readonly answerLimitMs: number;
};

type Surroundings = {
  readonly server: ModelServer;
  readonly clock: Clock;
  /** Reads ps with a time limit of its own. */
  readonly loaded: () => Promise<readonly Resident[]>;
  /** Gives up the load; victims that were asked to leave go all the same, and nobody may be sent to them. */
  readonly signal: AbortSignal;
  /** Ends everything at once. */
  readonly stopped: AbortSignal;
  /** These victims are not told to leave after all. */
  readonly onUntold: (victims: readonly string[]) => void;
  /** No request reaches this victim, as its name was deleted: Ollama unloads it where it needs the room. */
  readonly onOutOfReach: (victim: string) => Promise<void>;
  /** Called when the victims are gone. Throws where the load is not to begin. */
  readonly onLoading: () => void;
};

/** Unloads the victims, waits until they are gone, loads the model. Throws an OstlerError. */
export async function carryOutSwap(swap: Swap, surroundings: Surroundings): Promise<void> {
  const { server, signal, stopped } = surroundings;
  const told: string[] = [];
  for (const victim of swap.evict) if (await dismiss(victim, swap, surroundings)) told.push(victim);
  await untilGone(told, UNLOAD_LIMIT_MS, { ...surroundings, signal: stopped });
  surroundings.onLoading();
  const limit = timeoutSignal(swap.loadLimitMs);
  try {
    await server.load(swap.model, swap, AbortSignal.any([signal, limit]));
  } catch (cause) {
    if (signal.aborted || !limit.aborted) throw cause;
    // Whatever became of it on the server, it is not to stay in the way of the next one.
    await askWithin(swap.answerLimitMs, signal, (limited) => server.unload(swap.model, limited))
      .then(() => untilGone([swap.model], UNLOAD_LIMIT_MS, surroundings))
      .catch(() => {});
    throw new OstlerError(`${swap.model} did not load within ${swap.loadLimitMs / 1000} s.`, {
      code: 'load_failed',
      hint: 'The limit is llm.timeouts.load_seconds; the log of Ollama says what it was doing.',
      cause,
    });
  }
}

/** Returns whether it could be told. */
async function dismiss(victim: string, swap: Swap, surroundings: Surroundings): Promise<boolean> {
  try {
    await tell(victim, swap, surroundings);
    return true;
  } catch (cause) {
    const { code } = toOstlerError(cause);
    if (code === 'not_installed') {
      await surroundings.onOutOfReach(victim);
      return false;
    }
    const left = swap.evict.slice(swap.evict.indexOf(victim));
    // Who did not answer may have heard it.
    surroundings.onUntold(left.filter((tag) => tag !== victim || code !== 'unreachable'));
    throw cause;
  }
}

/** A server that is silent may have heard it all the same: it is told again once it answers, and nothing begins before. */
async function tell(victim: string, { answerLimitMs }: Swap, surroundings: Surroundings): Promise<void> {
  const { server, clock, loaded, stopped } = surroundings;
  const ask = () => askWithin(answerLimitMs, stopped, (limited) => server.unload(victim, limited));
  try {
    await ask();
  } catch (cause) {
    if (toOstlerError(cause).code !== 'unreachable' || stopped.aborted) throw cause;
    const givesUpAt = clock.now() + UNLOAD_LIMIT_MS;
    let residents: readonly Resident[] | undefined;
    while (residents === undefined) {
      await pauseFor(POLL_MS.most, clock, stopped);
      residents = await loaded().catch((error: unknown) => {
        if (clock.now() > givesUpAt) throw error;
        return undefined;
      });
    }
    if (residents.some(({ tag }) => tag === victim)) await ask();
  }
}

/**
 * Waits until ps shows none of the models: they were asked to leave, and leave also while ps does not answer. Throws
 * `load_failed` if one stays, and what `loaded` throws if it never answers.
 */
export async function untilGone(
  tags: readonly string[],
  limitMs: number,
  surroundings: Pick<Surroundings, 'clock' | 'loaded' | 'signal'>,
): Promise<void> {
  const { clock, loaded, signal } = surroundings;
  const givesUpAt = clock.now() + limitMs;
  for (let pause = POLL_MS.first; tags.length > 0; pause = Math.min(pause * 2, POLL_MS.most)) {
    const left = await loaded().then(
      (residents) => tags.filter((tag) => residents.some((resident) => resident.tag === tag)),
      toOstlerError,
    );
    if (left instanceof OstlerError) {
      if (signal.aborted || clock.now() > givesUpAt) throw left;
    } else {
      if (left.length === 0) return;
      if (clock.now() > givesUpAt) throw stayed(left);
    }
    await pauseFor(pause, clock, signal);
  }
}

function stayed(tags: readonly string[]): OstlerError {
  return new OstlerError(`${tags.join(', ')} did not leave the memory.`, {
    code: 'load_failed',
    hint: 'Another client may keep it busy: ollama ps shows it, ollama stop ends it.',
    retryable: true,
  });
}

function pauseFor(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', fail);
      resolve();
    });
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
