import { once } from 'node:events';
import {
  createServer,
  request as forward,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What the server behind answered, before it is mangled. */
export type Original = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** In the pieces in which it arrives. */
  readonly pieces: AsyncIterable<Buffer>;
};

/** The way back to the client, down to single bytes. Every write waits for a slow reader. */
export type Client = {
  /** Sends a head; the body is in chunks unless the headers say how long it is. */
  head(status: number, headers?: Readonly<Record<string, string>>): Promise<void>;
  /** A piece of the body, in the framing that the head has promised. */
  piece(bytes: Buffer | string): Promise<void>;
  /** Bytes as they are. */
  raw(bytes: Buffer | string): Promise<void>;
  /** The end of the body as the head has promised it. */
  end(): Promise<void>;
  /** Ends the connection. */
  cut(): void;
  /** Ends it as a crash does: what was sent before may be lost. */
  reset(): void;
  /** Says that nothing more will come, and waits until the client leaves. */
  silence(): Promise<void>;
};

/** Brings an answer to the client in a way of its own. The server behind is asked only if `original` is called. */
export type Mangling = (original: () => Promise<Original>, client: Client) => Promise<void>;

type Asked = { readonly path: string; readonly body: string };

export type Mangler = {
  readonly url: string;
  /** Requests so far, mangled or not. */
  requests(): readonly Asked[];
  /** Connections with clients. */
  openSockets(): number;
  /** Resolves once no connection is open, neither to a client nor to the server behind. */
  quiet(): Promise<void>;
  /** Cuts all connections and listens no more. */
  close(): Promise<void>;
};

/** A proxy that mangles what `choose` picks a mangling for, and passes everything else on as it is. */
export async function createMangler(
  upstreamUrl: string,
  choose: (asked: Asked) => Mangling | undefined,
): Promise<Mangler> {
  const sockets = new Set<Socket>();
  const upstreams = new Set<IncomingMessage | ReturnType<typeof forward>>();
  const requests: Asked[] = [];
  let changed = Promise.withResolvers<void>();
  const change = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };

  function sendOn(incoming: IncomingMessage, body: Buffer, left: AbortSignal): Promise<Original> {
    const { method = 'GET', url = '/', headers } = incoming;
    // The one connection that this request has ends with it.
    const outgoing = forward(upstreamUrl + url, { method, headers, agent: false, signal: left });
    upstreams.add(outgoing);
    outgoing.once('close', () => {
      upstreams.delete(outgoing);
      change();
    });
    return new Promise((resolve, reject) => {
      outgoing.on('error', reject);
      outgoing.once('response', (response) => {
        response.on('error', () => {});
        resolve({ status: response.statusCode ?? 0, headers: response.headers, pieces: response });
      });
      outgoing.end(body);
    });
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { socket } = incoming;
    const left = new AbortController();
    outgoing.once('close', () => left.abort());
    const body = await read(incoming);
    const asked = { path: incoming.url ?? '', body: body.toString('utf8') };
    requests.push(asked);
    const original = () => sendOn(incoming, body, left.signal);
    const mangling = choose(asked);
    try {
      if (mangling) await mangling(original, clientOn(socket));
      else await passOn(await original(), outgoing);
      if (mangling) socket.end();
    } catch {
      // The client left, or the server behind did: so does the other one.
      socket.destroy();
    } finally {
      if (mangling) left.abort();
    }
  }

  const server = createServer((incoming, outgoing) => void handle(incoming, outgoing).catch(() => {}));
  server.requestTimeout = 0;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      sockets.delete(socket);
      change();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  onTestFinished(close);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    openSockets: () => sockets.size,
    async quiet() {
      while (sockets.size + upstreams.size > 0) await changed.promise;
    },
    close,
  };
}

async function read(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function passOn({ status, headers, pieces }: Original, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(status, headers);
  for await (const piece of pieces) {
    if (!outgoing.write(piece)) await once(outgoing, 'drain');
  }
  outgoing.end();
}

function clientOn(socket: Socket): Client {
  let chunked = true;
  const closed = new Promise<void>((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });
  const raw = (bytes: Buffer | string) =>
    new Promise<void>((resolve, reject) => {
      socket.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  return {
    raw,
    async head(status, headers = {}) {
      chunked = !Object.keys(headers).some((name) => name === 'content-length');
      const all = { connection: 'close', ...(chunked && { 'transfer-encoding': 'chunked' }), ...headers };
      const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
      await raw(`HTTP/1.1 ${status} Mangled\r\n${lines.join('')}\r\n`);
    },
    piece(bytes) {
      if (!chunked) return raw(bytes);
      const body = Buffer.from(bytes);
      if (body.length === 0) return Promise.resolve();
      return raw(Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')]));
    },
    end: () => (chunked ? raw('0\r\n\r\n') : Promise.resolve()),
    cut: () => void socket.destroy(),
    reset: () => void socket.resetAndDestroy(),
    silence: () => closed,
  };
}
