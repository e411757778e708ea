import type { CacheWish } from '../../../src/cache/cacheable.ts';
import type { CachePart } from '../../../src/cache/response-cache.ts';
import type { Said } from '../../../src/chat/command.ts';
import type { ConversationEvent, Receipt } from '../../../src/chat/front.ts';
import type { UnloadAnswer } from '../../../src/chat/progress.ts';
import type { StatusView } from '../../../src/chat/status-view.ts';
import type { CacheStats } from '../../../src/stats/cache-stats.ts';
import { type Call, post, readEvents, readJson, readLines } from '../call.ts';

export type Outgoing = {
  readonly id: string;
  readonly text: string;
  readonly images: readonly { readonly mediaType: string; readonly data: string }[];
  readonly model?: string;
  readonly standalone: boolean;
  readonly cache?: CacheWish;
  readonly background?: true;
};

/** `id` is the same when it is sent again. */
export type Given = { readonly id: string; readonly name: string; readonly argument: string };

/** What the terminal asks of a running Ostler. A refusal is thrown as an OstlerError. */
export type Client = {
  status(signal?: AbortSignal): Promise<StatusView>;
  send(chat: string, message: Outgoing, signal?: AbortSignal): Promise<Receipt>;
  /** What a command says, then what takes the place of that. */
  give(chat: string, command: Given, signal?: AbortSignal): AsyncIterable<Said>;
  agree(chat: string, job: string, answer: UnloadAnswer, signal?: AbortSignal): Promise<void>;
  stop(chat: string, job: string, signal?: AbortSignal): Promise<void>;
  events(chat: string, signal: AbortSignal): AsyncIterable<ConversationEvent>;
  cacheStats(signal?: AbortSignal): Promise<CacheStats>;
  /** `words`: what could not be removed. */
  clearCache(backend: CachePart | undefined, signal?: AbortSignal): Promise<{ readonly words?: string }>;
};

export function createClient(call: Call): Client {
  const at = (chat: string, what: string) => `/api/chats/${chat}/${what}?platform=terminal`;

  return {
    status: async (signal) =>
      (await readJson(call, '/api/status', { ...(signal && { signal }) })) as StatusView,
    send: async (chat, message, signal) =>
      (await readJson(call, at(chat, 'messages'), post(message, signal))) as Receipt,
    give: (chat, command, signal) =>
      readLines(call, at(chat, 'commands'), post(command, signal)) as AsyncIterable<Said>,
    agree: async (chat, job, answer, signal) =>
      void (await readJson(call, at(chat, 'agree'), post({ job, ...answer }, signal))),
    stop: async (chat, job, signal) => void (await readJson(call, at(chat, 'stop'), post({ job }, signal))),
    events: (chat, signal) =>
      readEvents(call, at(chat, 'events'), signal) as AsyncIterable<ConversationEvent>,
    cacheStats: async (signal) =>
      (await readJson(call, '/api/cache/stats', { ...(signal && { signal }) })) as CacheStats,
    clearCache: async (backend, signal) =>
      (await readJson(call, '/api/cache/clear?platform=terminal', post({ backend }, signal))) as {
        readonly words?: string;
      },
  };
}
