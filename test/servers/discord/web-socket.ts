import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  CLOSE,
  createFrameReader,
  encodeClose,
  encodeFrame,
  type Frame,
  PING,
  PONG,
  TEXT,
} from './frames.ts';

/** RFC 6455, section 1.3. */
const KEY_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** What a connection that ended without a close frame is reported with. */
const ABNORMAL = 1006;
const PROTOCOL_ERROR = 1002;
const NO_STATUS = 1005;

export type WebSocketEnd = { readonly code: number; readonly by: 'client' | 'server' };

export type ServerSocket = {
  send(text: string): void;
  /** Sends half of the frame and ends the connection. */
  sendHalf(text: string): void;
  close(code: number, reason?: string): void;
  /** Ends the connection without a word. */
  cut(): void;
};

type Listeners = {
  message(text: string): void;
  /** Once. */
  ended(end: WebSocketEnd): void;
};

/** Answers an upgrade: the WebSocket server that Node has not. */
export function acceptWebSocket(
  { request, socket }: { readonly request: IncomingMessage; readonly socket: Duplex },
  listeners: Listeners,
): ServerSocket | undefined {
  const key = request.headers['sec-websocket-key'];
  if (key === undefined || request.headers.upgrade?.toLowerCase() !== 'websocket') {
    socket.end('HTTP/1.1 426 Upgrade Required\r\nconnection: close\r\n\r\n');
    return undefined;
  }
  const accept = createHash('sha1')
    .update(key + KEY_SUFFIX)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  );
  const reader = createFrameReader();
  let ended = false;
  let closing: number | undefined;
  const end = (code: number, by: WebSocketEnd['by']) => {
    if (ended) return;
    ended = true;
    listeners.ended({ code, by });
  };
  const close = (code: number, reason = '') => {
    if (ended || closing !== undefined) return;
    closing = code;
    socket.write(encodeClose(code, reason));
    end(code, 'server');
  };
  const take = ({ opcode, bytes }: Frame) => {
    if (opcode === PING) socket.write(encodeFrame(PONG, bytes));
    if (opcode === TEXT && !ended) listeners.message(bytes.toString('utf8'));
    if (opcode !== CLOSE) return;
    const code = bytes.length >= 2 ? bytes.readUInt16BE(0) : NO_STATUS;
    if (closing === undefined) socket.write(encodeFrame(CLOSE, bytes.subarray(0, 2)));
    end(code, 'client');
    socket.end();
  };
  socket.on('data', (bytes: Buffer) => {
    try {
      for (const frame of reader.push(bytes)) take(frame);
    } catch {
      close(PROTOCOL_ERROR);
    }
  });
  socket.on('error', () => {});
  socket.on('close', () => end(ABNORMAL, 'client'));
  return {
    send: (text) => {
      if (!ended) socket.write(encodeFrame(TEXT, Buffer.from(text)));
    },
    sendHalf(text) {
      const frame = encodeFrame(TEXT, Buffer.from(text));
      socket.end(frame.subarray(0, Math.ceil(frame.length / 2)), () => socket.destroy());
      end(ABNORMAL, 'server');
    },
    close,
    cut() {
      end(ABNORMAL, 'server');
      socket.destroy();
    },
  };
}
