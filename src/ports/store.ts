/** JSON values under keys, each with an optional lifetime. */
export type Store = {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown, ttlMs?: number): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Reads, changes and writes as one step, also against other processes; `change` may run more than once
   * and returns undefined to delete. A lifetime set before is kept. Returns what was written.
   */
  update(key: string, change: (value: unknown) => unknown): Promise<unknown>;
};
