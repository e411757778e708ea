import type { Ollama } from '../../demo/ollama/ollama.ts';

export type Exchange = {
  readonly status: number;
  readonly contentType: string;
  /** An object for JSON, a list of lines for a stream, else the text. */
  readonly body: unknown;
  readonly doneAtMs: number;
};

export type Sent = {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly raw?: string;
};

/** One exchange with the simulator, read to its end. */
export async function exchange(ollama: Ollama, sent: Sent, signal?: AbortSignal): Promise<Exchange> {
  const text = sent.raw ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body));
  const response = await fetch(ollama.url + sent.path, {
    method: sent.method ?? (text === undefined ? 'GET' : 'POST'),
    ...(text !== undefined && { body: text }),
    ...(signal && { signal }),
  });
  const body = readBody(await response.text(), response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    body,
    doneAtMs: performance.now(),
  };
}

function readBody(text: string, contentType: string): unknown {
  if (contentType.startsWith('application/x-ndjson')) {
    return text
      .split('\n')
      .filter(Boolean)
      .map((line): unknown => JSON.parse(line));
  }
  return contentType.startsWith('application/json') ? JSON.parse(text) : text;
}

export type PsModel = {
  readonly name: string;
  readonly expires_at: string;
  readonly size: number;
  readonly size_vram: number;
  readonly context_length: number;
};

export async function ps(ollama: Ollama): Promise<readonly PsModel[]> {
  const { body } = await exchange(ollama, { path: '/api/ps' });
  return (body as { models: readonly PsModel[] }).models;
}
