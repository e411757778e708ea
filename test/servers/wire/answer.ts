import type { ServerResponse } from 'node:http';
import type { WireFault } from './faults.ts';
import type { OpenRequest } from './request-log.ts';

type Headers = Readonly<Record<string, string>>;

export type Answer<Refusal> = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** What the log says of it. */
  readonly refusal?: Refusal;
};

export function jsonAnswer(status: number, value: unknown, headers: Headers = {}): Answer<never> {
  const body = Buffer.from(JSON.stringify(value));
  return { status, body, headers: { ...headers, 'content-type': 'application/json' } };
}

/** What a proxy says for a server that it cannot reach. */
export function proxyError(proxy: string): Answer<never> {
  const body = Buffer.from(`<html><head><title>502 Bad Gateway</title></head><body>${proxy}</body></html>`);
  return { status: 502, body, headers: { 'content-type': 'text/html' } };
}

type Sending<Refusal> = {
  readonly response: ServerResponse;
  readonly answer: Answer<Refusal>;
  /** An error in the place of the answer is an object, and is sent as a whole. */
  readonly fault: WireFault | object | undefined;
  readonly entry: OpenRequest<Refusal>;
};

/** Sends what the fault lets through of an answer; the request has ended once that is all of it. */
export function sendAnswer<Refusal>({ response, answer, fault, entry }: Sending<Refusal>): void {
  if (response.destroyed) return;
  if (fault === 'drop-after') return void response.destroy();
  const { status, headers, body, refusal } = answer;
  const length: Headers = status === 204 ? {} : { 'content-length': String(body.length) };
  response.writeHead(status, { ...headers, ...length });
  if (fault === 'half-answer') {
    response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy());
    return;
  }
  response.end(body, () => entry.end(status, refusal));
}
