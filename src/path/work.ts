import { isDeepStrictEqual } from 'node:util';
import type { Conversations, KeptEntry } from '../chat/conversations.ts';
import type { Answer, Exchange, Outcome } from '../chat/exchange.ts';
import { questionOf } from '../chat/live.ts';
import { jobIdOf, type Message } from '../chat/message.ts';
import { OstlerError, toFailure, toOstlerError } from '../errors.ts';
import type { Stable } from '../models/stable.ts';
import type { Processor, RunResult } from '../ports/queue.ts';
import type { OpenReply } from '../ports/reply.ts';
import { createAnswer, type Draft } from './answer.ts';
import type { Flights } from './flights.ts';
import type { Job } from './job.ts';
import { logOutcome } from './log-outcome.ts';
import { mutable } from './mutable.ts';

/** A question that was begun before so many crashes is what ends us. */
const MAX_CRASHES = 10;
/** After an outcome could not be kept or delivered; longer each time. */
const STORAGE_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 30_000;
const retryPauseMs = (attempt: number) => Math.min(250 * 2 ** attempt, 5_000);

type Surroundings = Parameters<typeof createAnswer>[0] & {
  readonly stable: Pick<Stable, 'grant' | 'hold' | 'settle' | 'doubt' | 'rest'>;
  readonly flights: Flights;
  readonly conversations: Conversations;
  readonly openReply: OpenReply;
  /** An outcome is durable. */
  readonly onKept: (conversation: string, kept: KeptEntry) => void;
  /** A model answered, and that is durable. */
  readonly onAnswered: (message: Message, answer: Answer) => void;
  /** Aborts when nothing can be waited for any more. */
  readonly ending: AbortSignal;
};

export type Work = {
  /** Answers a job whose turn has come. */
  readonly process: Processor;
  /** Keeps how a job ended. A later run of the job delivers it. */
  keep(job: Job, outcome: Outcome): Promise<KeptEntry>;
  /** The same for a job that has left the queue: delivered at once, as well as that can be. */
  endGone(job: Job, outcome: Outcome): Promise<void>;
};

type Run = Parameters<Processor>[1];

/** What this process knows of a job that is still in the queue: how many answers failed, and the rest. */
type Tries = {
  failures: number;
  /** The question that what follows belongs to: it may be edited while it waits. */
  message: Message;
  outcome?: Outcome | undefined;
  /** Why it could not be kept or delivered the last time, and how often that was. */
  trouble?: string;
  troubles: number;
};

/** Why a running question is stopped; anything else that aborts it returns it to the queue. */
export function stoppedByPerson(): OstlerError {
  return new OstlerError('Stopped.', { code: 'cancelled' });
}

export function createWork(surroundings: Surroundings): Work {
  const { stable, conversations, openReply, flights, onKept, onAnswered, ending } = surroundings;
  const { clock, logger, snapshot } = surroundings;
  const answer = createAnswer(surroundings);
  const tries = new Map<string, Tries>();

  async function process(job: Job, run: Run): Promise<RunResult> {
    const result = await attend(job, run, knownOf(job));
    if (result === 'done') tries.delete(job.id);
    return result;
  }

  function knownOf({ id, message }: Job): Tries {
    const known = tries.get(id) ?? { failures: 0, troubles: 0, message };
    tries.set(id, known);
    if (!isDeepStrictEqual(known.message, message)) Object.assign(known, { message, outcome: undefined });
    return known;
  }

  /** What cannot be kept or delivered stays known, so that the next run need not ask the model again. */
  async function attend(job: Job, run: Run, known: Tries): Promise<RunResult> {
    try {
      const ended = await conversations.find(job.conversation, job.id);
      const kept = ended ?? (await conclude(job, run, known));
      if (!kept) return 'again';
      // The model is free while this is delivered.
      if (!stable.settle(job.id)) return 'again';
      if (kept.entry.kind === 'exchange') await openReply(job).finish(kept.entry, kept.cursor, ending);
      return 'done';
    } catch (error) {
      const { code, hint } = toFailure(error);
      // Seconds and attempts count up or down: that is no news.
      const news = `${code} ${hint?.replace(/\d+/g, '')}`;
      if (!run.signal.aborted && known.trouble !== news)
        logger.error({ job: job.id, ...toFailure(error) }, 'an outcome could not be kept or delivered');
      known.trouble = news;
      known.troubles += 1;
      stable.rest(job.id, Math.min(STORAGE_PAUSE_MS * 2 ** (known.troubles - 1), LONGEST_PAUSE_MS));
      return 'again';
    }
  }

  async function conclude(job: Job, run: Run, known: Tries): Promise<KeptEntry | undefined> {
    known.outcome ??= await decideOutcome(job, run, known);
    return known.outcome && keep(job, known.outcome);
  }

  /** Asks the model. Returns nothing where the job goes back to the queue. */
  async function decideOutcome(job: Job, run: Run, known: Tries): Promise<Outcome | undefined> {
    const crashes = run.starts - 1;
    if (crashes > MAX_CRASHES) return { kind: 'failure', failure: toFailure(poison(crashes)) };
    const grant = stable.grant(job.id);
    if (!grant) {
      stable.rest(job.id, STORAGE_PAUSE_MS);
      return undefined;
    }
    const reply = mutable(openReply(job));
    const draft: Draft = { text: '', thinking: '', began: clock.now() };
    try {
      // What goes on for others who wait has no run any more that would end it.
      const generate = (signal: AbortSignal) =>
        answer(job, grant, { reply, draft, signal: AbortSignal.any([signal, ending]) });
      const goOnWithout = (end: Promise<unknown>) => {
        reply.mute();
        const release = stable.hold(grant.model);
        end.then(release, release);
      };
      return { kind: 'answer', answer: await flights.fly(job.id, run.signal, generate, goOnWithout) };
    } catch (cause) {
      flights.leave(job.id);
      const error = toOstlerError(run.signal.aborted ? run.signal.reason : cause);
      if (error.code === 'cancelled') return { kind: 'cancelled', text: draft.text, model: grant.model };
      if (!goesBack(job, error, known)) return failureOf(job, error);
      if (draft.text !== '' || draft.thinking !== '') reply.restart();
      return undefined;
    }
  }

  function failureOf(job: Job, error: OstlerError): Outcome {
    if (error.code === 'internal')
      logger.error({ job: job.id, stack: error.stack, cause: error.cause }, error.message);
    return { kind: 'failure', failure: toFailure(error) };
  }

  /** Whether the job is tried again; a server that is away, or our own end, costs no attempt. */
  function goesBack(job: Job, error: OstlerError, known: Tries): boolean {
    if (error.code === 'stopping') return true;
    if (error.code === 'unreachable') {
      stable.doubt(error);
      stable.rest(job.id, retryPauseMs(0));
      return true;
    }
    if (!error.retryable && error.code !== 'not_installed') return false;
    if (known.failures >= snapshot().settings.maxRetries) return false;
    known.failures += 1;
    stable.doubt(error);
    stable.rest(job.id, retryPauseMs(known.failures));
    logger.warn({ job: job.id, code: error.code, attempt: known.failures, hint: error.hint }, 'tried again');
    return true;
  }

  async function keep(job: Job, outcome: Outcome): Promise<KeptEntry> {
    const { message, route, conversation } = job;
    const question = questionOf(message, route.standalone);
    const at = clock.wall();
    // A piece that its platform brings once more is known by this.
    for (const { id } of message.parts?.slice(1) ?? []) {
      await conversations.join(conversation, jobIdOf({ ...message, id }), { kind: 'joined', to: job.id, at });
    }
    const exchange: Exchange = { kind: 'exchange', question, outcome, takenAt: job.enqueuedAt, at };
    const kept = await conversations.record(conversation, job.id, exchange);
    onKept(conversation, kept);
    if (kept.entry.kind !== 'exchange') return kept;
    // It is delivered also where so much was kept since that the conversation forgot it.
    knownOf(job).outcome = kept.entry.outcome;
    logOutcome(logger, job, kept.entry);
    tellOfAnswer(message, kept.entry.outcome);
    return kept;
  }

  /** What was answered before cost nothing: no model read or wrote. */
  function tellOfAnswer(message: Message, outcome: Outcome): void {
    if (outcome.kind === 'answer' && outcome.answer.from !== 'cache') onAnswered(message, outcome.answer);
  }

  async function endGone(job: Job, outcome: Outcome): Promise<void> {
    const { entry, cursor } = await keep(job, outcome);
    tries.delete(job.id);
    if (entry.kind !== 'exchange') return;
    openReply(job)
      .finish(entry, cursor, ending)
      .catch((error: unknown) =>
        logger.warn({ job: job.id, ...toFailure(error) }, 'an outcome was not told'),
      );
  }

  return { process, keep, endGone };
}

function poison(crashes: number): OstlerError {
  return new OstlerError('This question could not be answered.', {
    code: 'internal',
    hint: `It was begun ${crashes} times and Ostler ended each time: the log says how.`,
  });
}
