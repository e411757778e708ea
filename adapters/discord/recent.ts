/** The values that were used last, at most `limit` of them. */
type Recent<T> = {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  delete(key: string): void;
};

export function createRecent<T>(limit: number): Recent<T> {
  const values = new Map<string, T>();
  function set(key: string, value: T): void {
    values.delete(key);
    values.set(key, value);
    const [oldest] = values.keys();
    if (values.size > limit && oldest !== undefined) values.delete(oldest);
  }
  return {
    set,
    get(key) {
      const value = values.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
    delete: (key) => void values.delete(key),
  };
}
