import type { Outcome } from '../../../src/chat/exchange.ts';
import { OstlerError, toFailure, toOstlerError } from '../../../src/errors.ts';
import type { Stable } from '../../../src/models/stable.ts';
import type { Job } from '../../../src/path/job.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Processor } from '../../../src/ports/queue.ts';
import type { fakeOllama } from './ollama.ts';

const KEEPS_MS = 1;
const DELIVERS_MS = 4;
const RETRY_MS = 500;
/** A model that says nothing for so long longer than its answer takes has hung. */
const SILENT_MS = 60_000;
const STORAGE_PAUSE_MS = 5_000;
export const MAX_RETRIES = 2;

type Surroundings = {
  readonly clock: Clock;
  readonly ollama: Pick<ReturnType<typeof fakeOllama>, 'generate'>;
  readonly stable: () => Pick<Stable, 'grant' | 'settle' | 'doubt' | 'rest' | 'observe'>;
  /** How long each answer takes. */
  readonly lengthOf: (job: string) => number;
  /** How many of the next outcomes cannot be kept. */
  readonly troubles: { keep: number };
  readonly onKept: (job: string) => void;
  readonly onDelivered: (job: string) => void;
};

/** What src/path/work.ts does with a job, as far as the stable can see it. */
export function fakeWork({ clock, ollama, stable, lengthOf, troubles, onKept, onDelivered }: Surroundings) {
  const outcomes = new Map<string, Outcome>();
  const failures = new Map<string, number>();
  const pause = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));

  /** The first outcome is the one that counts. */
  async function keep({ id }: Job, outcome: Outcome): Promise<void> {
    await pause(KEEPS_MS);
    if (troubles.keep > 0) {
      troubles.keep -= 1;
      throw new OstlerError('The disk is full.', { code: 'storage', retryable: true });
    }
    if (outcomes.has(id)) return;
    outcomes.set(id, outcome);
    onKept(id);
  }

  async function answer(job: Job, signal: AbortSignal): Promise<Outcome | undefined> {
    const grant = stable().grant(job.id);
    if (!grant) {
      stable().rest(job.id, STORAGE_PAUSE_MS);
      return undefined;
    }
    const { model: tag, keepAlive } = grant;
    const ms = lengthOf(job.id);
    const silent = new AbortController();
    const disarm = clock.after(ms + SILENT_MS, () => silent.abort(stalled()));
    try {
      const both = AbortSignal.any([signal, silent.signal]);
      await ollama.generate({ tag, job: job.id, ms, keepAlive, signal: both });
      const seconds = { readSeconds: 0, generateSeconds: ms / 1_000, queueSeconds: 0, loadSeconds: 0 };
      stable().observe(job.id, { promptTokens: 1, tokens: 1, ...seconds });
      return { kind: 'answer', answer: { text: tag } as never };
    } catch (cause) {
      const error = toOstlerError(signal.aborted ? signal.reason : cause);
      if (error.code === 'cancelled') return { kind: 'cancelled', text: '' };
      return goesBack(job.id, error) ? undefined : { kind: 'failure', failure: toFailure(error) };
    } finally {
      disarm();
    }
  }

  function goesBack(id: string, error: OstlerError): boolean {
    if (error.code !== 'unreachable') {
      const count = failures.get(id) ?? 0;
      if (!error.retryable || count >= MAX_RETRIES) return false;
      failures.set(id, count + 1);
    }
    stable().doubt(error);
    stable().rest(id, RETRY_MS);
    return true;
  }

  const process: Processor = async (job, { signal }) => {
    try {
      if (!outcomes.has(job.id)) {
        const outcome = await answer(job, signal);
        if (!outcome) return 'again';
        await keep(job, outcome);
      }
      if (!stable().settle(job.id)) return 'again';
      onDelivered(job.id);
      await pause(DELIVERS_MS);
      return 'done';
    } catch {
      stable().rest(job.id, STORAGE_PAUSE_MS);
      return 'again';
    }
  };

  return { process, keep, outcomes };
}

const stalled = () => new OstlerError('It is silent.', { code: 'stalled', retryable: true });
