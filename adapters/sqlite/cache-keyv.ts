import { Keyv, type KeyvStoreAdapter } from 'keyv';
import { readKept, writeKept } from '../../src/cache/kept-value.ts';
import type { CacheRows } from './cache-rows.ts';

/** Keyv knows keys and values: whose a value is goes along with its key when it is written. */
const OWNED = '\n';

export function keyOwnedBy(key: string, owners: readonly string[]): string {
  return [key, ...owners].join(OWNED);
}

/** Keyv over the entries of a file. Throws what SQLite throws. */
export function keyvOver(rows: CacheRows): Keyv<string> {
  const keyv = new Keyv<string>(storageAdapter(rows), {
    useKeyPrefix: false,
    throwOnErrors: true,
    serialize: writeKept,
    deserialize: readKept,
  });
  // Told to whoever asked.
  keyv.on('error', () => undefined);
  return keyv;
}

/** https://keyv.org/docs/keyv/#official-storage-adapters: what Keyv asks of a storage. */
function storageAdapter(rows: CacheRows): KeyvStoreAdapter {
  const adapter: KeyvStoreAdapter = {
    opts: {},
    async get<Value>(key: string) {
      return rows.read(key, Date.now()) as Value | undefined;
    },
    async set(named: string, kept: string, ttlMs?: number) {
      const [key = '', ...owners] = named.split(OWNED);
      rows.write(key, kept, ttlMs === undefined ? null : Date.now() + ttlMs, owners);
    },
    delete: async (key) => rows.remove(key),
    clear: async () => rows.clear(),
    // Every error is thrown.
    on: () => adapter,
  };
  return adapter;
}
