import type { IncomingMessage } from 'node:http';

/** The body of a request; undefined where the client left in the middle. Throws `tooLarge()` beyond that many bytes. */
export async function readUpTo(
  request: IncomingMessage,
  largestBytes: number,
  tooLarge: () => Error,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes > largestBytes) break;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  if (bytes > largestBytes) throw tooLarge();
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}
