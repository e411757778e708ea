/** One entry of a stream. Cursors sort by age as plain strings; later entries have greater ones. */
export type LogEntry = { readonly cursor: string; readonly id: string; readonly value: unknown };

/** How much of a stream is kept: its last `entries`, and nothing once it had no new one for `ttlMs`. */
export type Keep = { readonly entries: number; readonly ttlMs: number };

/** Append-only streams of JSON values. */
export type Log = {
  /**
   * Durable once it resolves. An `id` that the stream already holds is not appended again: the entry that
   * is there comes back with `added: false`.
   */
  append(
    stream: string,
    id: string,
    value: unknown,
    keep: Keep,
  ): Promise<{ entry: LogEntry; added: boolean }>;
  find(stream: string, id: string): Promise<LogEntry | undefined>;
  /** The last `limit` entries after `after` (a cursor; left out: from the beginning), oldest first. */
  range(stream: string, query: { after?: string; limit: number }): Promise<readonly LogEntry[]>;
  /** Removes the whole stream. */
  clear(stream: string): Promise<void>;
};
