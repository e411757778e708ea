import type { ChatRequest } from 'ollama/browser';
import type { z } from 'zod';
import { normaliseTag } from '../../src/models/tag.ts';
import type { ModelDetails, ModelServer, Resident } from '../../src/ports/models.ts';
import type { Connection } from './connection.ts';
import { notOllama } from './errors.ts';
import { psAnswer, showAnswer, tagsAnswer, versionAnswer } from './wire.ts';

/** A keep_alive that never ends shows as a year around 2319. */
const NEVER_MS = Date.UTC(2200, 0);

/** Ollama's /api: what is installed, what is in memory, load and unload. */
export function ollamaServer({ connect, url }: Connection): ModelServer {
  function checked<T>(schema: z.ZodType<T>, answer: unknown): T {
    const { success, data, error } = schema.safeParse(answer);
    if (!success) throw notOllama(url, error);
    return data;
  }

  return {
    async version(signal) {
      return checked(versionAnswer, await connect({ signal }).version()).version;
    },

    async list(signal) {
      const { models } = checked(tagsAnswer, await connect({ signal }).list());
      return models.map(({ name, digest, size, modified_at, capabilities }) => ({
        tag: normaliseTag(name),
        digest,
        sizeBytes: size,
        modifiedAt: modified_at,
        ...(capabilities && { capabilities }),
      }));
    },

    async show(tag, signal) {
      const answer = checked(showAnswer, await connect({ signal, model: tag }).show({ model: tag }));
      return toDetails(answer);
    },

    async loaded(signal) {
      const { models } = checked(psAnswer, await connect({ signal }).ps());
      return models.map(toResident);
    },

    async load(tag, { keepAlive, options }, signal) {
      const settings = options as NonNullable<ChatRequest['options']>;
      const client = connect({ signal, model: tag });
      await client.generate({
        model: tag,
        prompt: '',
        stream: false,
        keep_alive: keepAlive,
        options: settings,
      });
    },

    async unload(tag, signal) {
      await connect({ signal, model: tag }).generate({
        model: tag,
        prompt: '',
        stream: false,
        keep_alive: 0,
      });
    },
  };
}

function toResident(model: z.output<typeof psAnswer>['models'][number]): Resident {
  const expiresAt = Date.parse(model.expires_at);
  return {
    tag: normaliseTag(model.name),
    digest: model.digest,
    sizeBytes: model.size,
    vramBytes: model.size_vram,
    expiresAt: Number.isNaN(expiresAt) || expiresAt > NEVER_MS ? null : expiresAt,
    ...(model.context_length && { contextLength: model.context_length }),
  };
}

function toDetails({ capabilities, model_info, parameters }: z.output<typeof showAnswer>): ModelDetails {
  const context = Object.entries(model_info ?? {}).find(([key]) => key.endsWith('.context_length'))?.[1];
  const lines = (parameters ?? '').split('\n').flatMap((line) => {
    const [, name, value] = /^(\S+)\s+(.+)$/.exec(line.trim()) ?? [];
    return name && value ? [[name, value] as const] : [];
  });
  return {
    capabilities: capabilities ?? ['completion'],
    ...(typeof context === 'number' && { trainedContext: context }),
    parameters: Object.fromEntries(lines),
  };
}
