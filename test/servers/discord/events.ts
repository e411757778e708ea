import type { TimedEvents } from '../../../demo/ollama/events.ts';
import type { Received } from '../wire/request-log.ts';
import type { ChatMessage } from './message.ts';
import type { Json } from './wire.ts';

/** What a request asks for. */
export type Asked = {
  readonly method: string;
  /** Below the version, such as `/channels/1/messages`. */
  readonly path: string;
  /** The path with names in the place of ids, such as `/channels/:channel/messages`. */
  readonly route: string;
  readonly channel: string | undefined;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
};

/** What the log says of a refusal. */
export type Refusal = { readonly code: number | undefined };

export type ReceivedRequest = Received<Asked, Refusal>;

/** What happened, in order. */
export type DiscordEvent =
  | { readonly type: 'request' | 'answer'; readonly request: ReceivedRequest }
  | {
      readonly type: 'sent' | 'edited' | 'deleted';
      readonly by: 'bot' | 'person';
      readonly channel: string;
      readonly message: ChatMessage;
    }
  | { readonly type: 'reaction'; readonly channel: string; readonly message: ChatMessage }
  | { readonly type: 'typing'; readonly channel: string; readonly user: string }
  /** A phone that would have rung. */
  | {
      readonly type: 'ping';
      readonly channel: string;
      readonly person: string;
      readonly message: ChatMessage;
    }
  /** The bot answered an interaction with this callback type. */
  | { readonly type: 'callback'; readonly interaction: string; readonly callback: number }
  | { readonly type: 'commands'; readonly guild: string | undefined; readonly names: readonly string[] }
  /** A 429. */
  | {
      readonly type: 'refused';
      readonly route: string;
      readonly retryAfterSeconds: number;
      readonly global: boolean;
    }
  | { readonly type: 'connected'; readonly url: string }
  | { readonly type: 'disconnected'; readonly code: number; readonly by: 'client' | 'server' }
  | { readonly type: 'identified' | 'resumed'; readonly session: string }
  | { readonly type: 'heartbeat' }
  /** What a connection was sent. */
  | { readonly type: 'dispatch'; readonly name: string; readonly session: string; readonly data: Json };

export type Events = TimedEvents<DiscordEvent>;
