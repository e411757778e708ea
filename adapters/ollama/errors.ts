import { OstlerError } from '../../src/errors.ts';
import { notInstalled } from '../../src/models/not-installed.ts';

const OUT_OF_MEMORY = /out[- ]of[- ]memory|more system memory|cudaMalloc failed|insufficient memory/i;
const LOAD_FAILED = /process has terminated|timed out waiting for llama|error loading model|unable to load/i;
const UNSUPPORTED = /does not support|not support multimodal/i;
/** Not the 404 of a path that a server does not know. */
const NOT_INSTALLED = /\bmodel\b.*not found/i;
const BUSY = /server busy|maximum pending/i;
const WRONG_OPTION = /must be of type/i;
/** What a pull says of a name that no library has. */
const NO_SUCH_MODEL = /file does not exist|manifest.*(unknown|not found)|invalid model name/i;
const DISK_FULL = /no space left/i;

/** Something else than an answer to a question about the server itself: no model is to blame for it. */
export function refusedError(status: number, text: string): OstlerError {
  const message = answered(status, text);
  return new OstlerError(message, { code: 'unreachable', hint: hintOf(status, text), retryable: true });
}

/** An HTTP error of Ollama as what the person and the operator can do about it. Texts: Ollama's server/routes.go. */
export function httpError(status: number, text: string, name: string): OstlerError {
  if (OUT_OF_MEMORY.test(text)) {
    return new OstlerError(`There is not enough memory for ${name}.`, {
      code: 'out_of_memory',
      hint: `Ollama said: ${text}. Take a smaller model or a smaller num_ctx, or unload others.`,
    });
  }
  if (status === 404 && NOT_INSTALLED.test(text)) return notInstalled(name);
  if (BUSY.test(text)) {
    return new OstlerError('Ollama has too many requests waiting.', {
      code: 'busy',
      hint: 'Another client keeps it busy; OLLAMA_MAX_QUEUE bounds its queue.',
      retryable: true,
    });
  }
  if (UNSUPPORTED.test(text)) {
    return new OstlerError(`${name} cannot do that: ${text}`, {
      code: 'unsupported',
      hint: `ollama show ${name} lists what it can do: take another model for this.`,
    });
  }
  if (LOAD_FAILED.test(text)) {
    return new OstlerError(`${name} could not be loaded.`, {
      code: 'load_failed',
      hint: `Ollama said: ${text}. Its own log says more.`,
      retryable: true,
    });
  }
  return new OstlerError(answered(status, text), {
    code: 'server_error',
    hint: hintOf(status, text),
    retryable: status >= 499 && !WRONG_OPTION.test(text),
  });
}

function answered(status: number, text: string): string {
  return `Ollama answered ${status}${text === '' ? '' : `: ${text}`}`;
}

function hintOf(status: number, text: string): string {
  if (WRONG_OPTION.test(text)) return 'Correct that option in the configuration.';
  if (status < 400) return 'It sends us elsewhere: llm.base_url must be the address of Ollama itself.';
  if (status === 401 || status === 403) {
    return 'What stands before Ollama lets us not in: llm.base_url takes a name and password (http://name:password@host).';
  }
  if (status === 404 || status === 405) return 'Is llm.base_url the address of Ollama itself?';
  return 'Its own log says more.';
}

/** A line `{"error": …}` in a stream whose status was 200. */
export function streamError(text: string, model: string): OstlerError {
  if (!OUT_OF_MEMORY.test(text)) return brokenStream(`Ollama said: ${text || 'error, and no more'}`);
  const { message, code, hint } = httpError(500, text, model);
  // It unloads everything when that happens, so there is room the next time.
  return new OstlerError(message, { code, ...(hint !== undefined && { hint }), retryable: true });
}

/** Why a model could not be downloaded, in Ollama's words (server/download.go, server/images.go). */
export function pullError(name: string, text: string): OstlerError {
  if (NO_SUCH_MODEL.test(text)) {
    return new OstlerError(`There is no model ${name} to download.`, {
      code: 'bad_input',
      hint: 'https://ollama.com/library lists those that there are.',
    });
  }
  const message = DISK_FULL.test(text)
    ? `The disk of Ollama has no room for ${name}.`
    : `${name} could not be downloaded.`;
  return new OstlerError(message, { code: 'server_error', hint: `Ollama said: ${text}` });
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
/** What came is no HTTP, or has no end of headers. */
const NO_HTTP = new Set(['HTTPParserError', 'UND_ERR_HEADERS_OVERFLOW']);

/** No connection, or one that ended before the answer began: the request itself may be what ended it. */
export function noAnswer(url: string, cause: unknown, model: string | undefined): OstlerError {
  const marks = marksOf(cause);
  if (marks.some((mark) => NO_HTTP.has(mark))) return unintelligible(url, cause, model);
  if (marks.some((mark) => CLOSED.has(mark))) {
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

/**
 * An answer that is none of Ollama's. Of the server itself it means that something else answers there; of one
 * model it does not take the others away, and costs an attempt.
 */
export function unintelligible(url: string, cause: unknown, model: string | undefined): OstlerError {
  if (model === undefined) {
    return new OstlerError(`What answers at ${url} does not speak like Ollama.`, {
      code: 'unreachable',
      hint: `Check llm.base_url: ${reasonOf(cause)}`,
      cause,
      retryable: true,
    });
  }
  return new OstlerError(`What Ollama answered about ${model} cannot be understood.`, {
    code: 'server_error',
    hint: `${reasonOf(cause)}. Does something stand between Ollama and Ostler that changes answers?`,
    cause,
    retryable: true,
  });
}

/** The names and codes of an error and of all that caused it. */
function marksOf(cause: unknown): readonly string[] {
  if (!(cause instanceof Error)) return [];
  const code = (cause as { code?: unknown }).code;
  return [cause.name, ...(typeof code === 'string' ? [code] : []), ...marksOf(cause.cause)];
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.cause instanceof Error) return reasonOf(cause.cause);
  const code = (cause as { code?: unknown }).code;
  return typeof code === 'string' && !cause.message.includes(code)
    ? `${code} ${cause.message}`.trim()
    : cause.message;
}
