/** The model files that the operating system still has in RAM; the least recently read one goes first. */
export type PageCache = {
  has(file: string): boolean;
  /** The file was read as a whole. One that is larger than the cache leaves nothing behind. */
  read(file: string, bytes: number): void;
  files(): readonly string[];
  clear(): void;
};

export function createPageCache(capacityBytes: number): PageCache {
  const files = new Map<string, number>();
  return {
    has: (file) => files.has(file),
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
