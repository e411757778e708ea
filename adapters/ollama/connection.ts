import { Ollama } from 'ollama/browser';
import { Agent, Response, fetch as undiciFetch } from 'undici';
import { brokenStream, httpError, noAnswer, notOllama } from './errors.ts';
import { checkedLines } from './lines.ts';

/** Long enough for a far server, short enough to say that it is away. */
const CONNECT_TIMEOUT_MS = 5_000;
/** No list of models is longer; what is larger is no answer of Ollama. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

type Call = {
  readonly signal: AbortSignal;
  /** Named in errors. */
  readonly model?: string;
  /** Checks each line of a streamed answer. */
  readonly checkLine?: (line: unknown) => void;
};

/** A client of the `ollama` package for one call: its requests end with the call's signal, at every stage. */
export type Connect = (call: Call) => Ollama;
export type Connection = { readonly url: string; readonly connect: Connect; close(): Promise<void> };

/**
 * The package alone can abort neither a request that is queued or loading nor one that does not stream, and
 * Node's fetch gives up after 300 s without headers: so it gets this fetch, without time limits of its own.
 */
export function openConnection(baseUrl: string): Connection {
  const { url, authorization } = splitCredentials(baseUrl);
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, connectTimeout: CONNECT_TIMEOUT_MS });

  async function send(input: string, init: RequestInit, call: Call): Promise<Response> {
    const signal = init.signal ? AbortSignal.any([init.signal, call.signal]) : call.signal;
    const response = await undiciFetch(input, {
      dispatcher: agent,
      signal,
      method: init.method ?? 'GET',
      headers: { ...(init.headers as Record<string, string>), ...authorization },
      body: (init.body as string | undefined) ?? null,
    }).catch((cause: unknown) => {
      throw signal.aborted ? signal.reason : noAnswer(url, cause);
    });
    if (!response.ok) throw httpError(response.status, await errorText(response), call.model);
    if (call.checkLine === undefined) return new Response(await wholeBody(response, url, signal));
    const body = response.body?.pipeThrough(checkedLines(call.checkLine)) ?? null;
    return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } });
  }

  return {
    url,
    connect: (call) =>
      new Ollama({
        host: url,
        fetch: ((input: string, init: RequestInit) => send(input, init, call)) as unknown as typeof fetch,
      }),
    close: () => agent.destroy(),
  };
}

/** fetch refuses addresses with a name and password in them; a proxy before Ollama may ask for one. */
function splitCredentials(baseUrl: string): { url: string; authorization: Record<string, string> } {
  const parsed = new URL(baseUrl);
  const { username, password } = parsed;
  if (username === '' && password === '') return { url: baseUrl, authorization: {} };
  parsed.username = '';
  parsed.password = '';
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  return { url: parsed.href.replace(/\/$/, ''), authorization: { authorization } };
}

async function errorText(response: Response): Promise<string> {
  const text = (await readUpTo(response, MAX_BODY_BYTES).catch(() => '')).trim();
  try {
    const { error } = JSON.parse(text);
    if (typeof error === 'string') return error;
  } catch {
    // Not JSON: the text itself is the message (405, 404 of an unknown path, a proxy's page).
  }
  return text.slice(0, 300) || response.statusText;
}

async function wholeBody(response: Response, url: string, signal: AbortSignal): Promise<string> {
  try {
    const text = await readUpTo(response, MAX_BODY_BYTES);
    JSON.parse(text);
    return text;
  } catch (cause) {
    throw signal.aborted ? signal.reason : notOllama(url, cause);
  }
}

async function readUpTo(response: Response, bytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > bytes) throw brokenStream(`An answer of over ${bytes} bytes arrived.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
