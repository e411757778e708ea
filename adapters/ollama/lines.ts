import { brokenStream } from './errors.ts';

/** A line of a stream is a few words; what is longer than this is no answer of Ollama. */
const MAX_LINE_BYTES = 1024 * 1024;
const NEWLINE = 10;

/**
 * Lets only whole lines through that `check` accepts, and errors the stream at the first other one. The
 * client library would print a broken line to the console and go on without its text.
 */
export function checkedLines(check: (line: unknown) => void): TransformStream<Uint8Array, Uint8Array> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;

  function takeLine(end: Uint8Array): Uint8Array {
    const line = Buffer.concat([...pending, end]);
    pending = [];
    pendingBytes = 0;
    return line;
  }

  function pass(line: Uint8Array, controller: TransformStreamDefaultController<Uint8Array>): void {
    const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8').trim();
    if (text === '') return;
    check(parse(text));
    controller.enqueue(Buffer.from(`${text}\n`));
  }

  return new TransformStream({
    transform(chunk, controller) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
        pass(takeLine(chunk.subarray(from, at)), controller);
        from = at + 1;
      }
      pending.push(chunk.subarray(from));
      pendingBytes += chunk.length - from;
      if (pendingBytes > MAX_LINE_BYTES)
        throw brokenStream(`A line of over ${MAX_LINE_BYTES} bytes arrived.`);
    },
    flush(controller) {
      pass(takeLine(new Uint8Array()), controller);
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
