import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Connection, openConnection } from '../../../adapters/ollama/connection.ts';

export function connectTo(url: string): Connection {
  const connection = openConnection(url);
  onTestFinished(connection.close);
  return connection;
}

/** A server that gives everybody the same answer. */
export async function answering(body: string, status = 200) {
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers);
    request.resume();
    response.writeHead(status).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, headers };
}
