/** The recording left long parts out: "… 4 more …". */
function isPlaceholder(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('… ');
}

/** Where two JSON values differ in keys or types, as readable lines. */
export function shapeDifferences(recorded: unknown, actual: unknown, path = 'body'): readonly string[] {
  if (isPlaceholder(recorded)) return Array.isArray(actual) ? [] : [`${path}: not a list`];
  const [want, got] = [kindOf(recorded), kindOf(actual)];
  if (want !== got) return [`${path}: ${got} instead of ${want}`];
  if (Array.isArray(recorded) && Array.isArray(actual)) {
    if (recorded.length !== actual.length)
      return [`${path}: ${actual.length} instead of ${recorded.length} items`];
    return recorded.flatMap((item, index) => shapeDifferences(item, actual[index], `${path}[${index}]`));
  }
  if (!isRecord(recorded) || !isRecord(actual)) return [];
  const missing = Object.keys(recorded).filter((key) => !(key in actual));
  const extra = Object.keys(actual).filter((key) => !(key in recorded));
  return [
    ...missing.map((key) => `${path}.${key}: missing`),
    ...extra.map((key) => `${path}.${key}: not in the recording`),
    ...Object.keys(recorded)
      .filter((key) => key in actual)
      .flatMap((key) => shapeDifferences(recorded[key], actual[key], `${path}.${key}`)),
  ];
}

/** The same for a stream whose middle the recording left out. */
export function streamDifferences(
  recorded: readonly unknown[],
  actual: readonly unknown[],
): readonly string[] {
  const lines = recorded.filter((line) => !isPlaceholder(line));
  const leftOut = recorded.filter(isPlaceholder).map((line) => Number.parseInt(String(line).slice(2), 10));
  const count = lines.length + leftOut.reduce((sum, more) => sum + more, 0);
  if (actual.length !== count) return [`stream: ${actual.length} instead of ${count} lines`];
  const last = shapeDifferences(lines.at(-1), actual.at(-1), 'last');
  const middle = actual.slice(0, -1).flatMap((line, at) => shapeDifferences(lines[0], line, `line ${at}`));
  return [...middle, ...last];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
