import { Ollama } from 'ollama/browser';
import { Agent, fetch as undiciFetch } from 'undici';
import { readJson, readRefusal } from './bodies.ts';
import { httpError, noAnswer, refusedError, unintelligible } from './errors.ts';
import { checkedLines } from './lines.ts';

/** Long enough for a far server, short enough to say that it is away. */
const CONNECT_TIMEOUT_MS = 5_000;

type Call = {
  readonly signal: AbortSignal;
  /** The one that is asked about: errors name it. */
  readonly model?: string;
  /** Checks each line of a streamed answer, and knows its last one. */
  readonly checkLine?: Parameters<typeof checkedLines>[0];
};

/** A client of the `ollama` package for one call: its requests end with the call's signal, at every stage. */
type Connect = (call: Call) => Ollama;
export type Connection = { readonly url: string; readonly connect: Connect; close(): Promise<void> };

/**
 * The package alone can abort neither a request that is queued or loading nor one that does not stream, and
 * Node's fetch gives up after 300 s without headers: so it gets this fetch, without time limits of its own.
 */
export function openConnection(baseUrl: string): Connection {
  const { url, authorization } = splitCredentials(baseUrl);
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, connectTimeout: CONNECT_TIMEOUT_MS });

  async function send(
    input: string,
    init: RequestInit,
    { signal: ends, model, checkLine }: Call,
  ): Promise<Response> {
    const signal = init.signal ? AbortSignal.any([init.signal, ends]) : ends;
    const response = await undiciFetch(input, {
      dispatcher: agent,
      signal,
      method: init.method ?? 'GET',
      headers: { ...Object.fromEntries(new Headers(init.headers)), ...authorization },
      body: typeof init.body === 'string' ? init.body : null,
      // A POST would be sent on as a GET; Ollama itself redirects nobody.
      redirect: 'manual',
    }).catch((cause: unknown) => {
      throw signal.aborted ? signal.reason : noAnswer(url, cause, model);
    });
    if (!response.ok) {
      const text = await readRefusal(response);
      signal.throwIfAborted();
      throw model === undefined
        ? refusedError(response.status, text)
        : httpError(response.status, text, model);
    }
    if (checkLine === undefined) {
      const text = await readJson(response).catch((cause: unknown) => {
        throw signal.aborted ? signal.reason : unintelligible(url, cause, model);
      });
      return new Response(text);
    }
    return new Response(response.body?.pipeThrough(checkedLines(checkLine)) ?? '');
  }

  return {
    url,
    connect: (call) =>
      new Ollama({ host: url, fetch: (input, init) => send(String(input), init ?? {}, call) }),
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
  const authorization = `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64')}`;
  return { url: parsed.href.replace(/\/$/, ''), authorization: { authorization } };
}

/** A password may hold a % that begins no escape. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
