import { onTestFinished } from 'vitest';
import { createWebApp } from '../../../adapters/web/app.ts';
import type { WebOptions } from '../../../adapters/web/env.ts';
import { serveWeb } from '../../../adapters/web/serve.ts';
import { createFakeFront } from './fake-front.ts';

/** The web front on a free port of this machine, for one test. */
export async function startWeb(change: Partial<WebOptions> = {}) {
  const fake = createFakeFront();
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const app = createWebApp(fake.front, { maxBodyBytes: 1_000_000, onError, ...change });
  const server = await serveWeb(app, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  return { fake, errors, app, server, url: server.url };
}

export function send(url: string, body: unknown, method = 'POST', headers: Record<string, string> = {}) {
  return fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

type ApiBody = {
  readonly job: string;
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string };
};

export async function bodyOf(response: Response): Promise<ApiBody> {
  return (await response.json()) as ApiBody;
}
