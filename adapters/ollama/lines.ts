import { brokenStream } from './errors.ts';

/** A line of a stream is a few words; what is longer than this is no answer of Ollama. */
const MAX_LINE_BYTES = 1024 * 1024;
const NEWLINE = 10;

/**
 * Lets only whole lines through that `check` accepts, and errors the stream at the first other one. The
 * client library would print a broken line to the console and go on without its text. What follows the line
 * that `check` calls the last one is dropped.
 */
export function checkedLines(
  check: (line: unknown) => 'more' | 'last',
): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let ended = false;

  function pend(part: Uint8Array): void {
    pending.push(part);
    pendingBytes += part.length;
    if (pendingBytes > MAX_LINE_BYTES) throw brokenStream(`A line of over ${MAX_LINE_BYTES} bytes arrived.`);
  }

  function pass(controller: TransformStreamDefaultController<Uint8Array>): void {
    const line = Buffer.concat(pending);
    pending = [];
    pendingBytes = 0;
    const text = decode(line).trim();
    if (text === '') return;
    ended = check(parse(text)) === 'last';
    controller.enqueue(Buffer.from(`${text}\n`));
  }

  function decode(line: Uint8Array): string {
    try {
      return decoder.decode(line);
    } catch (cause) {
      throw brokenStream('A line of the answer is no UTF-8.', cause);
    }
  }

  return new TransformStream({
    transform(chunk, controller) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0 && !ended; at = chunk.indexOf(NEWLINE, from)) {
        pend(chunk.subarray(from, at));
        pass(controller);
        from = at + 1;
      }
      if (!ended) pend(chunk.subarray(from));
    },
    flush(controller) {
      if (!ended) pass(controller);
    },
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw brokenStream('A line of the answer was cut or is no JSON.', cause);
  }
}
