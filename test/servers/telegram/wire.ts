/** The Bot API's objects, as far as this server makes them: https://core.telegram.org/bots/api#available-types */
export type WireUser = {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly username?: string;
  readonly language_code?: string;
};

export type ChatType = 'private' | 'group' | 'supergroup' | 'channel';

export type WireChat = { readonly id: number; readonly type: ChatType; readonly [field: string]: unknown };

/** Offset and length count UTF-16 code units. */
export type Entity = {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
  readonly language?: string;
  readonly user?: WireUser;
  readonly custom_emoji_id?: string;
};

export type WireMessage = {
  readonly message_id: number;
  readonly date: number;
  readonly chat: WireChat;
  readonly [field: string]: unknown;
};

/** The one field of an update beside its id. */
export type Content = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
