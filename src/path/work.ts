import { assemble } from '../chat/assemble.ts';
import type { Conversations, KeptEntry } from '../chat/conversations.ts';
import type { Answer, Exchange, Outcome } from '../chat/exchange.ts';
import { questionOf } from '../chat/live.ts';
import { OstlerError, toFailure, toOstlerError } from '../errors.ts';
import { defined, findNamed } from '../models/catalogue.ts';
import type { Grant } from '../models/grant.ts';
import type { Stable } from '../models/stable.ts';
import type { TokenLength } from '../models/token-length.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { Generate, GenerateRequest, Part, Turn } from '../ports/generate.ts';
import type { Logger } from '../ports/logger.ts';
import type { Processor, RunResult } from '../ports/queue.ts';
import type { OpenReply, Reply } from '../ports/reply.ts';
import { checkOutput } from './check-output.ts';
import type { Job, ModelOptions } from './job.ts';
import type { Snapshot } from './snapshot.ts';
import { watch } from './watch.ts';

/** A question that was begun before so many crashes is what ends us. */
const MAX_CRASHES = 10;
/** No person reads more; a model that writes it has lost its way. */
const MAX_CHARACTERS = 1_000_000;
/** Where neither the server nor the config says: Ollama's own smallest default. */
const DEFAULT_CONTEXT_TOKENS = 4_096;
/** After an outcome could not be kept: a full disk needs a while. */
const STORAGE_PAUSE_MS = 5_000;
const retryPauseMs = (attempt: number) => Math.min(250 * 2 ** attempt, 5_000);

type Surroundings = {
  readonly generate: Generate;
  readonly stable: Pick<Stable, 'grant' | 'doubt' | 'rest'>;
  readonly conversations: Conversations;
  readonly tokenLength: TokenLength;
  readonly files: Files;
  readonly openReply: OpenReply;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly snapshot: () => Snapshot;
};

export type Work = {
  /** Answers a job whose turn has come. */
  readonly process: Processor;
  /** Keeps how a job ended that was not answered, and tells its person. */
  end(job: Job, outcome: Outcome): Promise<void>;
};

type Run = Parameters<Processor>[1];

/** Of one job: answers that failed, clean returns to the queue, and what could not be kept yet. */
type Tries = { failures: number; returns: number; outcome: Outcome | undefined };

/** What one run has brought so far. */
type Draft = { text: string; thinking: string; began: number };

/** Why a running question is stopped; anything else that aborts it returns it to the queue. */
export function stoppedByPerson(): OstlerError {
  return new OstlerError('Stopped.', { code: 'cancelled' });
}

export function createWork(surroundings: Surroundings): Work {
  const { generate, stable, conversations, tokenLength, files, openReply, clock, logger, snapshot } =
    surroundings;
  /** What this process knows of jobs that are still in the queue. */
  const tries = new Map<string, Tries>();

  async function process(job: Job, run: Run): Promise<RunResult> {
    const known = tries.get(job.id) ?? { failures: 0, returns: 0, outcome: undefined };
    tries.set(job.id, known);
    const result = await attend(job, run, known);
    if (result === 'again') known.returns += 1;
    else tries.delete(job.id);
    return result;
  }

  /** What cannot be kept or delivered stays known, so that the next run need not ask the model again. */
  async function attend(job: Job, run: Run, known: Tries): Promise<RunResult> {
    try {
      const ended = await conversations.find(job.conversation, job.id);
      if (ended) return await deliver(job, ended);
      known.outcome ??= await decideOutcome(job, run, known);
      if (!known.outcome) return 'again';
      await finish(job, known.outcome);
      return 'done';
    } catch (error) {
      logger.error({ job: job.id, ...toFailure(error) }, 'an outcome could not be kept or delivered');
      stable.rest(job.id, STORAGE_PAUSE_MS);
      return 'again';
    }
  }

  async function deliver(job: Job, kept: KeptEntry): Promise<RunResult> {
    if (kept.entry.kind === 'exchange') await openReply(job).finish(kept.entry, kept.cursor);
    return 'done';
  }

  /** Asks the model. Returns nothing where the job goes back to the queue. */
  async function decideOutcome(job: Job, run: Run, known: Tries): Promise<Outcome | undefined> {
    const crashes = run.starts - 1 - known.returns;
    if (crashes > MAX_CRASHES) return { kind: 'failure', failure: toFailure(poison(crashes)) };
    const grant = stable.grant(job.id);
    if (!grant) return undefined;
    const reply = openReply(job);
    const draft: Draft = { text: '', thinking: '', began: clock.now() };
    try {
      return { kind: 'answer', answer: await answer(job, grant, reply, draft, run.signal) };
    } catch (cause) {
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

  async function answer(
    job: Job,
    grant: Grant,
    reply: Reply,
    draft: Draft,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { request, characters } = await prepare(job, grant);
    reply.progress({ stage: 'generating', model: grant.model });
    const done = await stream(request, reply, draft, signal);
    checkOutput(draft.text, draft.thinking, request.format);
    if (request.format !== undefined) reply.text(draft.text);
    learn(grant.digest, characters, done.usage.promptTokens);
    const { route, enqueuedAt } = job;
    const seconds = (clock.wall() - enqueuedAt) / 1_000;
    const { reason, notice } = grant.placement;
    return {
      text: draft.text,
      ...(draft.thinking !== '' && { thinking: draft.thinking }),
      from: 'local',
      ...(grant.simulated && { simulated: true }),
      provenance: {
        model: grant.model,
        by: route.by,
        ...(route.rule !== undefined && { rule: route.rule }),
        reason,
        ...(notice !== undefined && { notice }),
      },
      finished: done.finished,
      promptTokens: done.usage.promptTokens,
      tokens: done.usage.tokens,
      seconds,
      waitSeconds: Math.max(0, Math.round((seconds - (clock.now() - draft.began) / 1_000) * 1_000) / 1_000),
    };
  }

  async function prepare(job: Job, grant: Grant): Promise<{ request: GenerateRequest; characters: number }> {
    const { llm, settings } = snapshot();
    const { route, message } = job;
    const named = findNamed(grant.model, route.alias, settings.models);
    const options: ModelOptions = { ...settings.options, ...defined(named?.options ?? {}), ...route.options };
    const history = route.standalone ? [] : await conversations.history(job.conversation);
    const images = await Promise.all(message.images.map((image) => files.read(image)));
    const question: Turn = {
      role: 'user',
      content: message.text,
      ...(images.length > 0 && { images: images.map((bytes) => Buffer.from(bytes).toString('base64')) }),
    };
    const { turns, characters, dropped } = assemble(llm.system_prompt, history, question, {
      contextTokens: grant.contextLength ?? numberOf(options, 'num_ctx') ?? DEFAULT_CONTEXT_TOKENS,
      charactersPerToken: await tokenLength.of(grant.digest),
      numPredict: numberOf(options, 'num_predict'),
    });
    logger.debug({ job: job.id, turns: turns.length, dropped }, 'assembled');
    const request: GenerateRequest = {
      model: grant.model,
      turns,
      options,
      keepAlive: settings.policy.keepAlive,
      ...(route.format !== undefined && { format: route.format }),
      ...(named?.think !== undefined && grant.capabilities.includes('thinking') && { think: named.think }),
    };
    return { request, characters };
  }

  async function stream(
    request: GenerateRequest,
    reply: Reply,
    draft: Draft,
    signal: AbortSignal,
  ): Promise<Extract<Part, { type: 'done' }>> {
    const { patience } = snapshot();
    for await (const part of watch((watched) => generate(request, watched), patience, clock, signal)) {
      if (part.type === 'done') return part;
      draft[part.type] += part.text;
      if (part.type === 'thinking') reply.thinking(part.text);
      // An answer with a format is held back until it was checked.
      else if (request.format === undefined) reply.text(part.text);
      if (draft.text.length + draft.thinking.length > MAX_CHARACTERS) break;
    }
    const usage = { promptTokens: 0, tokens: 0, generateSeconds: 0, loadSeconds: 0 };
    return { type: 'done', finished: 'length', usage };
  }

  /** A statistic never costs an answer, and nobody waits for it. */
  function learn(digest: string, characters: number, promptTokens: number): void {
    tokenLength
      .learn(digest, characters, promptTokens)
      .catch((error: unknown) => logger.warn({ ...toFailure(error) }, 'the length of tokens was not kept'));
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

  async function finish(job: Job, outcome: Outcome): Promise<void> {
    const question = questionOf(job.message, job.route.standalone);
    const at = clock.wall();
    const exchange: Exchange = { kind: 'exchange', question, outcome, takenAt: job.enqueuedAt, at };
    // Kept first: a run after a crash finds it and delivers the same.
    const kept = await conversations.record(job.conversation, job.id, exchange);
    await deliver(job, kept);
    if (kept.entry.kind === 'exchange') logOutcome(logger, job, kept.entry);
  }

  return { process, end: finish };
}

function poison(crashes: number): OstlerError {
  return new OstlerError('This question could not be answered.', {
    code: 'internal',
    hint: `It was begun ${crashes} times and Ostler ended each time: the log says how.`,
  });
}

function numberOf(options: ModelOptions, name: string): number | undefined {
  const value = options[name];
  return typeof value === 'number' ? value : undefined;
}

/** One line for each message: ids, route, times; never its text. */
function logOutcome(logger: Logger, job: Job, { outcome, takenAt, at }: Exchange): void {
  const { platform, chat, thread } = job.message.address;
  const { by, rule, model } = job.route;
  const fields = {
    job: job.id,
    platform,
    chat,
    ...(thread !== undefined && { thread }),
    by,
    ...(rule !== undefined && { rule }),
    model: model || null,
    seconds: (at - takenAt) / 1_000,
  };
  if (outcome.kind === 'answer') {
    const { provenance, tokens, waitSeconds, from } = outcome.answer;
    logger.info({ ...fields, model: provenance.model, from, tokens, waitSeconds }, 'answered');
  } else if (outcome.kind === 'failure') {
    logger.warn({ ...fields, code: outcome.failure.code, hint: outcome.failure.hint }, 'not answered');
  } else logger.info({ ...fields, model: outcome.model ?? fields.model }, 'stopped');
}
