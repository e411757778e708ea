import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A listening HTTP server that can go away and come back on the same port. */
export type Port = {
  readonly port: number;
  open(): Promise<void>;
  /** Also cuts every connection. */
  shut(): Promise<void>;
};

/** Rejects where the port cannot be had. */
export async function openPort(parts: {
  readonly port: number;
  readonly host: string;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}): Promise<Port> {
  const { host, handle } = parts;
  const server = createServer((request, response) => void handle(request, response));
  // A load may take minutes before the first byte.
  server.requestTimeout = 0;
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(parts.port);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    open: async () => {
      if (!server.listening) await listen(port);
    },
    shut: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
