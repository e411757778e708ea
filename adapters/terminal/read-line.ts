import { createInterface } from 'node:readline';

/** The next line; undefined: there is none, or whoever waits for it leaves. */
export async function readLine(
  input: NodeJS.ReadableStream,
  leave: AbortSignal,
): Promise<string | undefined> {
  const lines = createInterface({ input, terminal: false });
  const end = () => lines.close();
  leave.addEventListener('abort', end);
  try {
    if (leave.aborted) return undefined;
    for await (const line of lines) return line;
    return undefined;
  } finally {
    leave.removeEventListener('abort', end);
    lines.close();
  }
}

/** The lines one after the other, for whoever waits; one that nobody took is there for the next. */
export function createNextLine(lines: AsyncIterable<string>) {
  const iterator = lines[Symbol.asyncIterator]();
  let pending: Promise<string | undefined> | undefined;

  async function read(): Promise<string | undefined> {
    const { done, value } = await iterator.next();
    return done ? undefined : value;
  }

  return async (leave: AbortSignal): Promise<string | undefined> => {
    if (leave.aborted) return undefined;
    const left = Promise.withResolvers<undefined>();
    const end = () => left.resolve(undefined);
    leave.addEventListener('abort', end);
    pending ??= read();
    const mine = pending;
    const line = await Promise.race([mine.then((text) => ({ text })), left.promise]);
    leave.removeEventListener('abort', end);
    if (line) pending = undefined;
    return line?.text;
  };
}
