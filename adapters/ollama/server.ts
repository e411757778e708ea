import type { Ollama } from 'ollama/browser';
import type { z } from 'zod';
import { normaliseTag } from '../../src/models/tag.ts';
import type { ModelOptions } from '../../src/path/job.ts';
import type { KeepAlive, ModelDetails, ModelServer, Resident } from '../../src/ports/models.ts';
import { readArchitecture } from './architecture.ts';
import type { Connection } from './connection.ts';
import { httpError, unintelligible } from './errors.ts';
import { ollamaPull } from './pull.ts';
import { doneAnswer, psAnswer, showAnswer, tagsAnswer, versionAnswer } from './wire.ts';

/** A keep_alive that never ends shows as a year around 2319. */
const NEVER_MS = Date.UTC(2200, 0);

type About = { readonly signal: AbortSignal; readonly model?: string };

/** Ollama's /api: what is installed, what is in memory, load, unload and download. */
export function ollamaServer(connection: Connection): ModelServer {
  const { connect, url } = connection;

  async function ask<T>(
    schema: z.ZodType<T>,
    about: About,
    request: (client: Ollama) => Promise<unknown>,
  ): Promise<T> {
    const { success, data, error } = schema.safeParse(await request(connect(about)));
    if (!success) throw unintelligible(url, firstIssue(error), about.model);
    return data;
  }

  /** An empty prompt only loads; with a keep_alive of 0 it only unloads. */
  async function touch(
    model: string,
    signal: AbortSignal,
    how: { keep_alive: KeepAlive; options?: ModelOptions },
  ): Promise<void> {
    const request = { model, prompt: '', stream: false, ...how } as const;
    const answer = await ask(doneAnswer, { signal, model }, (client) => client.generate(request));
    if (typeof answer.error === 'string') throw httpError(500, answer.error, model);
  }

  const load: ModelServer['load'] = (tag, { keepAlive, options }, signal) =>
    touch(tag, signal, { keep_alive: keepAlive, options });

  return {
    async version(signal) {
      return (await ask(versionAnswer, { signal }, (client) => client.version())).version;
    },

    async list(signal) {
      const { models } = await ask(tagsAnswer, { signal }, (client) => client.list());
      return models.map(({ name, digest, size, modified_at, capabilities }) => ({
        tag: normaliseTag(name),
        digest,
        sizeBytes: size,
        modifiedAt: modified_at,
        ...(capabilities && { capabilities }),
      }));
    },

    async show(model, signal) {
      return toDetails(await ask(showAnswer, { signal, model }, (client) => client.show({ model })));
    },

    async loaded(signal) {
      const { models } = await ask(psAnswer, { signal }, (client) => client.ps());
      return models.map(toResident);
    },

    load,
    keep: load,
    unload: (tag, signal) => touch(tag, signal, { keep_alive: 0 }),
    pull: ollamaPull(connection),
  };
}

function firstIssue({ issues }: z.ZodError): Error {
  const [issue] = issues;
  return new Error(`${issue?.path.join('.') || 'the answer'}: ${issue?.message}`);
}

function toResident(model: z.output<typeof psAnswer>['models'][number]): Resident {
  const expiresAt = Date.parse(model.expires_at);
  return {
    tag: normaliseTag(model.name),
    digest: model.digest,
    sizeBytes: model.size,
    vramBytes: model.size_vram,
    expiresAt: expiresAt > NEVER_MS ? null : expiresAt,
    ...(model.context_length && { contextLength: model.context_length }),
  };
}

/** The first FROM line of a modelfile names the file of the weights. */
const WEIGHTS = /^FROM[ \t]+(\/.+?)[ \t]*$/m;

function toDetails({
  capabilities,
  model_info,
  parameters,
  modelfile,
}: z.output<typeof showAnswer>): ModelDetails {
  const lines = (parameters ?? '').split('\n').flatMap((line) => {
    const [, name, value] = /^(\S+)\s+(.+)$/.exec(line.trim()) ?? [];
    return name && value ? [[name, value] as const] : [];
  });
  const file = WEIGHTS.exec(modelfile ?? '')?.[1];
  return {
    capabilities: capabilities ?? ['completion'],
    ...readArchitecture(model_info ?? {}),
    ...(file !== undefined && { file }),
    parameters: Object.fromEntries(lines),
  };
}
