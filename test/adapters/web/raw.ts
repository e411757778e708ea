import { once } from 'node:events';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { text } from 'node:stream/consumers';

export type RawReply = {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

/** A request whose Host, Origin and address are what the test says: fetch would not let it. */
export async function rawRequest(options: RequestOptions & { body?: string }): Promise<RawReply> {
  const call = request({ host: '127.0.0.1', ...options });
  call.end(options.body);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}
