import { describe, expect, it } from 'vitest';
import { httpError, streamError } from '../../../adapters/ollama/errors.ts';
import { ollamaServer } from '../../../adapters/ollama/server.ts';
import type { ErrorCode } from '../../../src/errors.ts';
import { answering, connectTo } from './connect.ts';

type Row = {
  readonly status: number;
  readonly text: string;
  readonly code: ErrorCode;
  readonly message: RegExp;
  readonly hint: RegExp;
  readonly retryable?: true;
};

/** Every text that Ollama's source has for what we ask. */
const ROWS: readonly Row[] = [
  {
    status: 404,
    text: "model 'x' not found",
    code: 'not_installed',
    message: /x is not/,
    hint: /ollama pull x/,
  },
  {
    status: 404,
    text: 'model "x" not found, try pulling it first',
    code: 'not_installed',
    message: /x is not/,
    hint: /ollama pull x/,
  },
  { status: 404, text: '404 page not found', code: 'server_error', message: /404/, hint: /base_url/ },
  { status: 400, text: 'missing request body', code: 'server_error', message: /400/, hint: /log/ },
  { status: 400, text: 'invalid model name', code: 'server_error', message: /model name/, hint: /log/ },
  {
    status: 400,
    text: '"x" does not support thinking',
    code: 'unsupported',
    message: /^x .*thinking/,
    hint: /ollama show x/,
  },
  {
    status: 400,
    text: '"x" does not support chat',
    code: 'unsupported',
    message: /^x .*chat/,
    hint: /show x/,
  },
  {
    status: 400,
    text: 'registry.ollama.ai/library/x:latest does not support tools',
    code: 'unsupported',
    message: /^x .*tools/,
    hint: /show x/,
  },
  {
    status: 400,
    text: 'Multimodal data provided, but model does not support multimodal requests.',
    code: 'unsupported',
    message: /^x .*multimodal/i,
    hint: /show x/,
  },
  {
    status: 503,
    text: 'server busy, please try again.  maximum pending requests exceeded',
    code: 'busy',
    message: /too many/,
    hint: /OLLAMA_MAX_QUEUE/,
    retryable: true,
  },
  { status: 503, text: 'no upstream', code: 'server_error', message: /503/, hint: /log/, retryable: true },
  {
    status: 499,
    text: 'request canceled',
    code: 'server_error',
    message: /499/,
    hint: /log/,
    retryable: true,
  },
  {
    status: 500,
    text: 'option "num_ctx" must be of type integer',
    code: 'server_error',
    message: /num_ctx/,
    hint: /option in the configuration/,
  },
  {
    status: 500,
    text: 'llama-server process has terminated: signal: killed',
    code: 'load_failed',
    message: /^x /,
    hint: /killed/,
    retryable: true,
  },
  {
    status: 500,
    text: 'timed out waiting for llama-server to start - progress 0.50 - ',
    code: 'load_failed',
    message: /^x /,
    hint: /timed out/,
    retryable: true,
  },
  {
    status: 500,
    text: 'llama-server reported out-of-memory during startup: cudaMalloc failed',
    code: 'out_of_memory',
    message: /for x/,
    hint: /smaller/,
  },
  {
    status: 500,
    text: 'model requires more system memory (8.0 GiB) than is available (3.1 GiB)',
    code: 'out_of_memory',
    message: /for x/,
    hint: /8.0 GiB/,
  },
  { status: 401, text: 'Unauthorized', code: 'server_error', message: /401/, hint: /password/ },
  { status: 308, text: '', code: 'server_error', message: /308$/, hint: /base_url/ },
];

describe('an error of Ollama', () => {
  it.each(ROWS)('$status “$text” is $code', ({ status, text, code, message, hint, retryable = false }) => {
    const error = httpError(status, text, 'x');
    expect(error).toMatchObject({ code, retryable });
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });
});

describe('an error within an answer', () => {
  it.each([
    ['an error was encountered while running the model: unexpected EOF', 'mid_stream'],
    ['an error was encountered while running the model: CUDA error: out of memory', 'out_of_memory'],
    ['', 'mid_stream'],
  ] as const)('“%s” is %s, and worth another attempt', (text, code) => {
    expect(streamError(text, 'x')).toMatchObject({ code, retryable: true });
  });
});

describe('of a refusal is shown', () => {
  it.each([
    ['its error', '{"error":"something"}', 'something'],
    ['the message within its error', '{"error":{"code":400,"message":"bad picture"}}', 'bad picture'],
    [
      'the message within the text of its error',
      '{"error":"{\\"error\\":{\\"message\\":\\"bad\\"}}"}',
      'bad',
    ],
    ['the title of a page', '<html><title>502 Bad Gateway</title><p>nginx</p></html>', '502 Bad Gateway'],
    ['a text as it is', 'method not allowed', 'method not allowed'],
    ['nothing that steers a terminal', 'a\u001b[2Jb\r\nc', 'a [2Jb c'],
    ['not more than a few lines', 'x'.repeat(1_000), 'x'.repeat(300)],
    ['the words of its status, where it says nothing', '', "I'm a Teapot"],
  ])('%s', async (_, body, shown) => {
    const { host } = await answering(body, 418);
    const server = ollamaServer(connectTo(`http://${host}`));
    await expect(server.unload('x', new AbortController().signal)).rejects.toThrow(
      `Ollama answered 418: ${shown}`,
    );
  });
});
