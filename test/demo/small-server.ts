import { afterEach } from 'vitest';
import { createOllama, type Ollama, type OllamaOptions } from '../../demo/ollama/ollama.ts';
import { type Exchange, exchange } from './client.ts';
import { loadsIn } from './replays.ts';

export const MODELS = [
  { tag: 'a', sizeGb: 4, contextLength: 4_096 },
  { tag: 'b', sizeGb: 4, contextLength: 4_096 },
  { tag: 'c', sizeGb: 4, contextLength: 4_096 },
  { tag: 'big', sizeGb: 12, contextLength: 4_096 },
  { tag: 'huge', sizeGb: 90, contextLength: 4_096 },
] as const;

type Send = (model: string, body?: object, signal?: AbortSignal) => Promise<Exchange>;

/** A server whose 12 GiB have room for two of the 4 GB models. */
export type SmallServer = {
  readonly ollama: Ollama;
  /** An empty generate. */
  readonly load: Send;
  /** A short chat, not streamed. */
  readonly chat: Send;
  /** What is in memory, and what was loaded so far; without `:latest`. */
  tags(): readonly string[];
  loads(): readonly string[];
  idle(): Promise<void>;
};

/** The returned call starts one, which ends with its test. */
export function smallServers(): (options?: OllamaOptions) => Promise<SmallServer> {
  const running: Ollama[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((ollama) => ollama.close()));
  });
  return async (options = {}) => {
    const ollama = await createOllama({
      vramGib: 12,
      ramGib: 32,
      speed: 100_000,
      models: MODELS,
      ...options,
    });
    running.push(ollama);
    const messages = [{ role: 'user', content: 'hello there' }];
    return {
      ollama,
      load: (model, body = {}, signal) =>
        exchange(ollama, { path: '/api/generate', body: { model, ...body } }, signal),
      chat: (model, body = {}, signal) =>
        exchange(ollama, { path: '/api/chat', body: { model, messages, stream: false, ...body } }, signal),
      tags: () => ollama.residents().map(({ tag }) => short(tag)),
      loads: () => loadsIn(ollama.events()).map(short),
      idle: () => ollama.until(() => ollama.running() === 0 && ollama.queued() === 0),
    };
  };
}

export function errorOf({ body }: Exchange): string {
  return (body as { error: string }).error;
}

function short(tag: string): string {
  return tag.replace(':latest', '');
}
