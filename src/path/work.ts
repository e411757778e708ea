import { assemble } from '../chat/assemble.ts';
import type { Conversations } from '../chat/conversations.ts';
import type { Answer, Exchange, Outcome } from '../chat/exchange.ts';
import { questionOf } from '../chat/live.ts';
import { OstlerError, toFailure } from '../errors.ts';
import { optionsOf } from '../models/catalogue.ts';
import type { Grant, Stable } from '../models/stable.ts';
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

/** A question that was begun so often without an end is what ends us. */
const MAX_STARTS = 20;
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
  /** Ends a job that will not be answered, and tells its person. */
  end(job: Job, outcome: Outcome): Promise<void>;
};

type Run = Parameters<Processor>[1];

/** What one run has brought so far. */
type Draft = { text: string; thinking: string; began: number };

/** Why a running question is stopped; anything else that aborts it returns it to the queue. */
export function stoppedByPerson(): OstlerError {
  return new OstlerError('Stopped.', { code: 'cancelled' });
}

export function createWork(surroundings: Surroundings): Work {
  const { generate, stable, conversations, tokenLength, files, openReply, clock, logger, snapshot } =
    surroundings;
  /** Failed attempts of jobs that are still in the queue. */
  const attempts = new Map<string, number>();

  /** What fails here is our own storage or the way to the person: the job stays, and is tried again. */
  async function process(job: Job, run: Run): Promise<RunResult> {
    try {
      return await attend(job, run);
    } catch (error) {
      logger.error({ job: job.id, ...toFailure(error) }, 'an outcome could not be kept or delivered');
      stable.rest(job.id, STORAGE_PAUSE_MS);
      return 'again';
    }
  }

  async function attend(job: Job, run: Run): Promise<RunResult> {
    const ended = await conversations.find(job.conversation, job.id);
    const reply = openReply(job);
    if (ended?.entry.kind === 'exchange') {
      await reply.finish(ended.entry, ended.cursor);
      return 'done';
    }
    const grant = stable.grant(job.id);
    if (!grant) return 'again';
    const draft: Draft = { text: '', thinking: '', began: clock.now() };
    try {
      if (run.starts > MAX_STARTS) throw poison(run.starts);
      const outcome = { kind: 'answer', answer: await answer(job, grant, reply, draft, run.signal) } as const;
      await finish(job, reply, outcome);
      return 'done';
    } catch (error) {
      return failed(job, grant, reply, draft, run.signal.aborted ? run.signal.reason : error);
    }
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
    if (done.usage.promptTokens > 0) {
      await tokenLength.learn(grant.digest, characters, done.usage.promptTokens);
    }
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
      waitSeconds: Math.max(0, seconds - (clock.now() - draft.began) / 1_000),
    };
  }

  async function prepare(job: Job, grant: Grant): Promise<{ request: GenerateRequest; characters: number }> {
    const { llm, settings } = snapshot();
    const { route, message } = job;
    const options: ModelOptions = {
      ...settings.options,
      ...optionsOf(grant.model, settings.models),
      ...route.options,
    };
    const history = route.standalone ? [] : await conversations.history(job.conversation);
    const images = await Promise.all(message.images.map((image) => files.read(image)));
    const question: Turn = {
      role: 'user',
      content: message.text,
      ...(images.length > 0 && { images: images.map((bytes) => Buffer.from(bytes).toString('base64')) }),
    };
    const { turns, characters } = assemble(llm.system_prompt, history, question, {
      contextTokens: grant.contextLength ?? numberOf(options, 'num_ctx') ?? DEFAULT_CONTEXT_TOKENS,
      charactersPerToken: await tokenLength.of(grant.digest),
      numPredict: numberOf(options, 'num_predict'),
    });
    const think = settings.models.find((model) => model.tag === grant.model)?.think;
    const request: GenerateRequest = {
      model: grant.model,
      turns,
      options,
      keepAlive: settings.policy.keepAlive,
      ...(route.format !== undefined && { format: route.format }),
      ...(think !== undefined && grant.capabilities.includes('thinking') && { think }),
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

  async function failed(
    job: Job,
    grant: Grant,
    reply: Reply,
    draft: Draft,
    error: unknown,
  ): Promise<RunResult> {
    if (error instanceof OstlerError && error.code === 'cancelled') {
      await finish(job, reply, { kind: 'cancelled', text: draft.text, model: grant.model });
      return 'done';
    }
    const returns = error instanceof OstlerError && (await goesBack(job, error));
    if (!returns) {
      await finish(job, reply, { kind: 'failure', failure: toFailure(error) }, error);
      return 'done';
    }
    if (draft.text !== '' || draft.thinking !== '') reply.restart();
    return 'again';
  }

  /** Whether the job is tried again; a server that is away, or our own end, costs no attempt. */
  async function goesBack(job: Job, error: OstlerError): Promise<boolean> {
    if (error.code === 'stopping') return true;
    if (error.code === 'unreachable') {
      stable.doubt(error);
      return true;
    }
    if (!error.retryable && error.code !== 'not_installed') return false;
    const attempt = attempts.get(job.id) ?? 0;
    if (attempt >= snapshot().settings.maxRetries) return false;
    attempts.set(job.id, attempt + 1);
    stable.doubt(error);
    stable.rest(job.id, retryPauseMs(attempt));
    logger.warn({ job: job.id, code: error.code, attempt: attempt + 1, hint: error.hint }, 'tried again');
    return true;
  }

  async function finish(job: Job, reply: Reply, outcome: Outcome, error?: unknown): Promise<void> {
    attempts.delete(job.id);
    const question = questionOf(job.message, job.route.standalone);
    const exchange: Exchange = { kind: 'exchange', question, outcome, at: clock.wall() };
    // Kept first: a run after a crash finds it and delivers the same.
    const kept = await conversations.record(job.conversation, job.id, exchange);
    if (kept.entry.kind === 'exchange') await reply.finish(kept.entry, kept.cursor);
    logOutcome(logger, job, outcome, error);
  }

  return { process, end: (job, outcome) => finish(job, openReply(job), outcome) };
}

function poison(starts: number): OstlerError {
  return new OstlerError('This question could not be answered.', {
    code: 'internal',
    hint: `It was begun ${starts} times and never ended: the log says what happened each time.`,
  });
}

function numberOf(options: ModelOptions, name: string): number | undefined {
  const value = options[name];
  return typeof value === 'number' ? value : undefined;
}

/** One line for each message: ids, route, times; never its text. */
function logOutcome(logger: Logger, job: Job, outcome: Outcome, error: unknown): void {
  const { platform, chat, thread } = job.message.address;
  const fields = { job: job.id, platform, chat, ...(thread !== undefined && { thread }), by: job.route.by };
  if (outcome.kind === 'answer') {
    const { provenance, tokens, seconds, waitSeconds, from } = outcome.answer;
    const route = provenance.rule === undefined ? {} : { rule: provenance.rule };
    logger.info(
      { ...fields, ...route, model: provenance.model, from, tokens, seconds, waitSeconds },
      'answered',
    );
  } else if (outcome.kind === 'failure') {
    const { code, hint } = outcome.failure;
    const cause = code === 'internal' && error instanceof Error ? { stack: error.stack } : {};
    logger.warn({ ...fields, code, hint, ...cause }, 'not answered');
  } else logger.info(fields, 'stopped');
}
