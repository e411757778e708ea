import type { Answer } from '../chat/exchange.ts';
import { toFailure } from '../errors.ts';
import type { Grant } from '../models/grant.ts';
import type { TokenLength } from '../models/token-length.ts';
import type { Clock } from '../ports/clock.ts';
import type { Generate, GenerateRequest, Part, Usage } from '../ports/generate.ts';
import type { Logger } from '../ports/logger.ts';
import type { Reply } from '../ports/reply.ts';
import { checkOutput } from './check-output.ts';
import type { Job } from './job.ts';
import type { Prepare } from './prepare.ts';
import { provenanceOf } from './provenance.ts';
import type { Recalling } from './recall.ts';
import type { Snapshot } from './snapshot.ts';
import type { SpillNotice } from './spill-notice.ts';
import { watch } from './watch.ts';

/** No person reads more; a model that writes it has lost its way. */
const MAX_CHARACTERS = 1_000_000;

type Done = Extract<Part, { type: 'done' }>;

/** What one run has brought so far. */
export type Draft = { text: string; thinking: string; began: number };

/** How one run goes on: what it shows, what it has, and what ends it. */
type Answering = { readonly reply: Reply; readonly draft: Draft; readonly signal: AbortSignal };

type Surroundings = {
  readonly prepare: Prepare;
  readonly reserve: Recalling['reserve'];
  readonly generate: Generate;
  readonly tokenLength: TokenLength;
  readonly spillNotice: SpillNotice;
  /** A model ended an answer, in such times. */
  readonly onDone: (job: Job, usage: Usage) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly snapshot: () => Snapshot;
};

/** Asks the model that was granted, and shows what it writes. Throws where that is no answer. */
export function createAnswer(surroundings: Surroundings) {
  const { prepare, reserve, generate, tokenLength, spillNotice, onDone, clock, logger, snapshot } =
    surroundings;

  async function answer(job: Job, grant: Grant, { reply, draft, signal }: Answering): Promise<Answer> {
    const prepared = await prepare(job, grant);
    const { request, characters } = prepared;
    const remember = await reserve(job, grant, prepared);
    reply.progress({ stage: 'generating', model: grant.model });
    const done = await stream(request, { reply, draft, signal });
    onDone(job, done.usage);
    checkOutput(draft.text, draft.thinking, request.format);
    if (request.format !== undefined) reply.text(draft.text);
    learn(grant.digest, characters, done.usage.promptTokens);
    const { route, enqueuedAt } = job;
    const seconds = (clock.wall() - enqueuedAt) / 1_000;
    const slow = spillNotice(grant.model);
    const made: Answer = {
      text: draft.text,
      ...(draft.thinking !== '' && { thinking: draft.thinking }),
      from: 'local',
      ...(grant.simulated && { simulated: true }),
      provenance: { ...provenanceOf(route, grant), ...(slow !== undefined && { slow }) },
      finished: done.finished,
      promptTokens: done.usage.promptTokens,
      tokens: done.usage.tokens,
      seconds,
      waitSeconds: Math.max(0, Math.round((seconds - (clock.now() - draft.began) / 1_000) * 1_000) / 1_000),
    };
    const unkept = remember(made);
    return { ...made, ...(unkept && { unkept }) };
  }

  async function stream(request: GenerateRequest, { reply, draft, signal }: Answering): Promise<Done> {
    const { patience } = snapshot();
    for await (const part of watch((watched) => generate(request, watched), patience, clock, signal)) {
      if (part.type === 'done') return part;
      draft[part.type] += part.text;
      if (part.type === 'thinking') reply.thinking(part.text);
      // An answer with a format is held back until it was checked.
      else if (request.format === undefined) reply.text(part.text);
      if (draft.text.length + draft.thinking.length > MAX_CHARACTERS) break;
    }
    const usage = {
      promptTokens: 0,
      tokens: 0,
      generateSeconds: 0,
      loadSeconds: 0,
      readSeconds: 0,
      queueSeconds: 0,
    };
    return { type: 'done', finished: 'length', usage };
  }

  /** A statistic never costs an answer, and nobody waits for it. */
  function learn(digest: string, characters: number, promptTokens: number): void {
    tokenLength
      .learn(digest, characters, promptTokens)
      .catch((error: unknown) => logger.warn({ ...toFailure(error) }, 'the length of tokens was not kept'));
  }

  return answer;
}
