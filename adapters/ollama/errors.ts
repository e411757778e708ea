import { OstlerError } from '../../src/errors.ts';

const OUT_OF_MEMORY = /out[- ]of[- ]memory|more system memory|cudaMalloc failed|insufficient memory/i;
const LOAD_FAILED = /process has terminated|timed out waiting for llama|error loading model|unable to load/i;
const UNSUPPORTED = /does not support|not support multimodal/i;

/** An HTTP error of Ollama as what the person and the operator can do about it. Texts: Ollama's server/routes.go. */
export function httpError(status: number, text: string, model: string | undefined): OstlerError {
  const name = model ?? 'the model';
  if (OUT_OF_MEMORY.test(text)) {
    return new OstlerError(`There is not enough memory for ${name}.`, {
      code: 'out_of_memory',
      hint: `Ollama said: ${text}. Take a smaller model or a smaller num_ctx, or unload others.`,
    });
  }
  if (status === 404 && model !== undefined) {
    return new OstlerError(`The model ${name} is not installed.`, {
      code: 'not_installed',
      hint: `ollama pull ${name}`,
    });
  }
  if (status === 503) {
    return new OstlerError('Ollama has too many requests waiting.', {
      code: 'busy',
      hint: 'Another client keeps it busy; OLLAMA_MAX_QUEUE bounds its queue.',
      retryable: true,
    });
  }
  if (UNSUPPORTED.test(text)) {
    return new OstlerError(`${name} cannot do that: ${text}`, { code: 'unsupported' });
  }
  if (LOAD_FAILED.test(text)) {
    return new OstlerError(`${name} could not be loaded.`, {
      code: 'load_failed',
      hint: `Ollama said: ${text}. Its own log says more.`,
      retryable: true,
    });
  }
  const details = { code: 'server_error', hint: 'Its own log says more.' } as const;
  return new OstlerError(`Ollama answered ${status}: ${text}`, { ...details, retryable: status >= 499 });
}

/** A line `{"error": …}` in a stream whose status was 200. */
export function streamError(text: string, model: string): OstlerError {
  if (OUT_OF_MEMORY.test(text)) return httpError(500, text, model);
  return brokenStream(`Ollama said: ${text}`);
}

export function brokenStream(hint: string, cause?: unknown): OstlerError {
  return new OstlerError('The model broke off in the middle of its answer.', {
    code: 'mid_stream',
    hint,
    cause,
    retryable: true,
  });
}

/** Undici's and Node's codes for a connection that was there and ended before the answer began. */
const CLOSED = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'UND_ERR_CLOSED']);

/** No connection, or one that ended before the answer began: the request itself may be what ended it. */
export function noAnswer(url: string, cause: unknown): OstlerError {
  if (codesOf(cause).some((code) => CLOSED.has(code))) {
    return new OstlerError('Ollama closed the connection without an answer.', {
      code: 'server_error',
      hint: 'Has it crashed or restarted? Its own log says more.',
      cause,
      retryable: true,
    });
  }
  return new OstlerError(`Ollama at ${url} cannot be reached.`, {
    code: 'unreachable',
    hint: `Is it running? Try: curl ${url}/api/version (${reasonOf(cause)}). Its address is llm.base_url.`,
    cause,
    retryable: true,
  });
}

export function notOllama(url: string, cause: unknown): OstlerError {
  return new OstlerError(`What answers at ${url} does not speak like Ollama.`, {
    code: 'unreachable',
    hint: `Check llm.base_url: ${reasonOf(cause)}`,
    cause,
    retryable: true,
  });
}

function codesOf(cause: unknown): readonly string[] {
  if (!(cause instanceof Error)) return [];
  const code = (cause as { code?: unknown }).code;
  return [...(typeof code === 'string' ? [code] : []), ...codesOf(cause.cause)];
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.cause instanceof Error) return reasonOf(cause.cause);
  const code = (cause as { code?: unknown }).code;
  return typeof code === 'string' && !cause.message.includes(code)
    ? `${code} ${cause.message}`
    : cause.message;
}
