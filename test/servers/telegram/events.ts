import type { TimedEvents } from '../../../demo/ollama/events.ts';
import type { Received } from '../wire/request-log.ts';
import type { ChatMessage, Draft } from './message.ts';

/** What a request asks for. */
export type Asked = {
  /** As the client wrote it; `file` for a download. */
  readonly method: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly chat: number | undefined;
};

/** What the log says of a refusal. */
export type Refusal = { readonly description: string | undefined };

export type ReceivedRequest = Received<Asked, Refusal>;

/** What happened, in order. */
export type TelegramEvent =
  | { readonly type: 'request' | 'answer'; readonly request: ReceivedRequest }
  | {
      readonly type: 'sent' | 'edited' | 'deleted';
      readonly by: 'bot' | 'person';
      readonly chat: number;
      readonly message: ChatMessage;
    }
  | { readonly type: 'reaction'; readonly chat: number; readonly message: ChatMessage }
  | { readonly type: 'draft' | 'draft-stopped'; readonly chat: number; readonly draft: Draft }
  | {
      readonly type: 'action';
      readonly chat: number;
      readonly action: string;
      readonly thread: number | undefined;
    }
  | { readonly type: 'callback-answer'; readonly chat: number; readonly text: string | undefined }
  /** A 429. */
  | { readonly type: 'refused'; readonly chat: number; readonly retryAfterSeconds: number }
  /** The bot can fetch it from now on. */
  | { readonly type: 'update'; readonly id: number; readonly update: unknown }
  | { readonly type: 'poll-held' }
  | {
      readonly type: 'poll-ended';
      readonly why: 'updates' | 'timeout' | 'conflict' | 'left';
      readonly updates: number;
    }
  /** Everything before the offset is confirmed; `count` updates are gone by it. */
  | { readonly type: 'confirmed'; readonly offset: number; readonly count: number }
  /** A webhook's answer; status 0: there was none. */
  | { readonly type: 'delivery'; readonly id: number; readonly status: number };

export type Events = TimedEvents<TelegramEvent>;
