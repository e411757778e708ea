import { roundTemperature } from '../cache/key.ts';
import { assemble } from '../chat/assemble.ts';
import { contentOf } from '../chat/content-of.ts';
import type { Conversations } from '../chat/conversations.ts';
import { questionOf } from '../chat/live.ts';
import { renderPrompt } from '../chat/render-prompt.ts';
import { findNamed, samplingOptionsOf } from '../models/catalogue.ts';
import type { Grant } from '../models/grant.ts';
import type { TokenLength } from '../models/token-length.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { GenerateRequest, Turn } from '../ports/generate.ts';
import type { Logger } from '../ports/logger.ts';
import type { Job, ModelOptions } from './job.ts';
import type { Snapshot } from './snapshot.ts';

/** Where neither the server nor the config says: Ollama's own smallest default. */
const DEFAULT_CONTEXT_TOKENS = 4_096;

type Surroundings = {
  readonly conversations: Pick<Conversations, 'history' | 'systemPrompt'>;
  readonly tokenLength: Pick<TokenLength, 'of'>;
  readonly files: Pick<Files, 'read'>;
  readonly clock: Pick<Clock, 'wall'>;
  readonly logger: Logger;
  readonly snapshot: () => Snapshot;
};

/** What the model is sent. */
export type Prepared = {
  readonly request: GenerateRequest;
  /** Of all its turns. */
  readonly characters: number;
  /** The chat's own system prompt is part of it. */
  readonly isPersonal: boolean;
};

/** Assembles the conversation of a job whose turn has come. Throws `too_long`, and `bad_input` for a lost picture. */
export type Prepare = (job: Job, grant: Grant) => Promise<Prepared>;

/** What the model is asked with: what stands later counts. */
export function optionsOf({ route }: Job, grant: Grant, settings: Snapshot['settings']): ModelOptions {
  return roundTemperature({
    ...settings.options,
    ...samplingOptionsOf(findNamed(grant.model, route.alias, settings.models)),
    ...grant.options,
    ...route.options,
  });
}

export function createPrepare({
  conversations,
  tokenLength,
  files,
  clock,
  logger,
  snapshot,
}: Surroundings): Prepare {
  return async (job, grant) => {
    const { llm, settings } = snapshot();
    const { route, message } = job;
    const named = findNamed(grant.model, route.alias, settings.models);
    const options = optionsOf(job, grant, settings);
    const history = route.standalone ? [] : await conversations.history(job.conversation, message.insteadOf);
    const ownPrompt = await conversations.systemPrompt(job.conversation);
    const system = renderPrompt(ownPrompt ?? llm.system_prompt, {
      name: message.person.name,
      at: clock.wall(),
    });
    const images = await Promise.all(message.images.map((image) => files.read(image)));
    const question: Turn = {
      role: 'user',
      content: contentOf(questionOf(message, route.standalone)),
      ...(images.length > 0 && { images: images.map((bytes) => Buffer.from(bytes).toString('base64')) }),
    };
    const { turns, characters, dropped } = assemble(system, history, question, {
      contextTokens: grant.contextLength ?? numberOf(options, 'num_ctx') ?? DEFAULT_CONTEXT_TOKENS,
      charactersPerToken: await tokenLength.of(grant.digest),
      numPredict: numberOf(options, 'num_predict'),
    });
    logger.debug({ job: job.id, turns: turns.length, dropped }, 'assembled');
    const request: GenerateRequest = {
      model: grant.model,
      turns,
      options,
      keepAlive: grant.keepAlive,
      ...(route.format !== undefined && { format: route.format }),
      ...(named?.think !== undefined && grant.capabilities.includes('thinking') && { think: named.think }),
    };
    return { request, characters, isPersonal: ownPrompt !== null };
  };
}

function numberOf(options: ModelOptions, name: string): number | undefined {
  const value = options[name];
  return typeof value === 'number' ? value : undefined;
}
