/** RFC 6455, section 5.2, as far as a server for small texts needs it. */
export const TEXT = 1;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;
const CONTINUATION = 0;

const FIN = 0x80;
const OPCODE = 0x0f;
const MASKED = 0x80;
const LENGTH = 0x7f;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const LARGEST_16 = 0xffff;

export type Frame = { readonly opcode: number; readonly bytes: Buffer };

/** An unmasked frame, as a server sends it. */
export function encodeFrame(opcode: number, bytes: Uint8Array): Buffer {
  const { length } = bytes;
  if (length < LENGTH_16) return Buffer.concat([Buffer.from([FIN | opcode, length]), bytes]);
  const wide = length > LARGEST_16;
  const head = Buffer.alloc(wide ? 10 : 4);
  head[0] = FIN | opcode;
  head[1] = wide ? LENGTH_64 : LENGTH_16;
  if (wide) head.writeBigUInt64BE(BigInt(length), 2);
  else head.writeUInt16BE(length, 2);
  return Buffer.concat([head, bytes]);
}

export function encodeClose(code: number, reason: string): Buffer {
  const bytes = Buffer.alloc(2 + Buffer.byteLength(reason));
  bytes.writeUInt16BE(code, 0);
  bytes.write(reason, 2);
  return encodeFrame(CLOSE, bytes);
}

/** Cuts what arrives into whole messages. Throws where a frame is not masked, as the RFC demands of clients. */
export function createFrameReader() {
  let waiting = Buffer.alloc(0);
  let parts: Buffer[] = [];
  let kind = TEXT;
  return {
    /** The messages that are complete with these bytes. */
    push(bytes: Uint8Array): readonly Frame[] {
      waiting = Buffer.concat([waiting, bytes]);
      const frames: Frame[] = [];
      for (let read = readFrame(waiting); read; read = readFrame(waiting)) {
        waiting = waiting.subarray(read.size);
        if (read.opcode >= CLOSE) {
          frames.push({ opcode: read.opcode, bytes: read.bytes });
          continue;
        }
        if (read.opcode !== CONTINUATION) kind = read.opcode;
        parts.push(read.bytes);
        if (!read.last) continue;
        frames.push({ opcode: kind, bytes: Buffer.concat(parts) });
        parts = [];
      }
      return frames;
    },
  };
}

function readFrame(buffer: Buffer) {
  const [first, second] = buffer;
  if (first === undefined || second === undefined) return undefined;
  if ((second & MASKED) === 0) throw new Error('A frame of a client is not masked');
  const short = second & LENGTH;
  const maskAt = short === LENGTH_16 ? 4 : short === LENGTH_64 ? 10 : 2;
  const from = maskAt + 4;
  if (buffer.length < from) return undefined;
  const length =
    short === LENGTH_16
      ? buffer.readUInt16BE(2)
      : short === LENGTH_64
        ? Number(buffer.readBigUInt64BE(2))
        : short;
  const size = from + length;
  if (buffer.length < size) return undefined;
  const bytes = Buffer.alloc(length);
  for (let place = 0; place < length; place += 1) {
    bytes[place] = (buffer[from + place] ?? 0) ^ (buffer[maskAt + (place % 4)] ?? 0);
  }
  return { opcode: first & OPCODE, last: (first & FIN) !== 0, bytes, size };
}
