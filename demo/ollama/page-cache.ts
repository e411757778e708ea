/** The model files that the operating system still has in RAM; the least recently read one goes first. */
export type PageCache = {
  has(file: string): boolean;
  /** The part of the file that is there, 0–1. */
  shareOf(file: string): number;
  /** Somebody reads the file: what they read is there, until the returned call says that they left. */
  reading(file: string, shareRead: () => number): () => void;
  /** The file was read as a whole. One that is larger than the cache leaves nothing behind. */
  read(file: string, bytes: number): void;
  files(): readonly string[];
  clear(): void;
};

export function createPageCache(capacityBytes: number): PageCache {
  const files = new Map<string, number>();
  const readers = new Map<string, () => number>();
  return {
    has: (file) => files.has(file),
    shareOf: (file) => (files.has(file) ? 1 : (readers.get(file)?.() ?? 0)),
    reading(file, shareRead) {
      readers.set(file, shareRead);
      return () => readers.delete(file);
    },
    read(file, bytes) {
      files.delete(file);
      if (bytes > capacityBytes) {
        files.clear();
        return;
      }
      files.set(file, bytes);
      let total = [...files.values()].reduce((sum, size) => sum + size, 0);
      for (const [oldest, size] of files) {
        if (total <= capacityBytes) break;
        files.delete(oldest);
        total -= size;
      }
    },
    files: () => [...files.keys()],
    clear: () => files.clear(),
  };
}
