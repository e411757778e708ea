import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** One TCP connection of a client. `held`: what was said and has not passed, in order. */
type Pair = {
  readonly near: Socket;
  readonly far: Socket;
  held: { readonly to: Socket; readonly bytes: Buffer }[];
  forgotten: boolean;
};

export type Relay = {
  /** The address of the server behind, by way of this relay. */
  readonly url: string;
  /** Connections that clients have opened so far, and those that are open now. */
  opened(): number;
  open(): number;
  /** Resolves once no client is connected. */
  quiet(): Promise<void>;
  /** From now on nothing passes: not on connections that are open, nor on new ones. They stay open. */
  hold(): void;
  /** Everything that was held passes, and all that follows. */
  release(): void;
  /** Connections that are open now never say anything again; new ones work. The other end of each is gone. */
  forget(): void;
  /** Says something to every client in the name of the server. */
  say(text: string): void;
  close(): Promise<void>;
};

/** A relay before a TCP server, which can fall silent without closing anything. */
export async function startRelay(serverUrl: string): Promise<Relay> {
  const target = new URL(serverUrl);
  const pairs = new Set<Pair>();
  let opened = 0;
  let holding = false;
  let changed = Promise.withResolvers<void>();

  function pass(pair: Pair, to: Socket, bytes: Buffer): void {
    if (pair.forgotten) return;
    if (holding) pair.held.push({ to, bytes });
    else to.write(bytes);
  }

  const server = createServer((near) => {
    opened += 1;
    const far = connect(Number(target.port), target.hostname);
    const pair: Pair = { near, far, held: [], forgotten: false };
    pairs.add(pair);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.on('data', (bytes) => pass(pair, far, bytes));
    far.on('data', (bytes) => pass(pair, near, bytes));
    near.once('close', () => {
      pairs.delete(pair);
      far.destroy();
      changed.resolve();
      changed = Promise.withResolvers();
    });
    far.once('close', () => pair.forgotten || near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(serverUrl);
  url.port = String(typeof address === 'object' && address?.port);

  return {
    url: url.href,
    opened: () => opened,
    open: () => pairs.size,
    async quiet() {
      while (pairs.size > 0) await changed.promise;
    },
    hold() {
      holding = true;
    },
    release() {
      holding = false;
      for (const pair of pairs) {
        for (const { to, bytes } of pair.held) to.write(bytes);
        pair.held = [];
      }
    },
    forget() {
      for (const pair of pairs) {
        pair.forgotten = true;
        pair.far.destroy();
      }
    },
    say(text) {
      for (const { near } of pairs) near.write(text);
    },
    async close() {
      for (const { near } of pairs) near.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
