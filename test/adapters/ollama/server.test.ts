import { describe, expect, it } from 'vitest';
import { ollamaServer } from '../../../adapters/ollama/server.ts';
import { OstlerError } from '../../../src/errors.ts';
import { simulatedOllama } from '../../servers/ostler.ts';
import { answering, connectTo } from './connect.ts';

const MODEL = 'qwen2.5:7b';
const never = new AbortController().signal;
const PASSWORD = 'se%cret';

async function failureOf(promise: Promise<unknown>): Promise<OstlerError> {
  const error = await promise.catch((cause: unknown) => cause);
  if (!(error instanceof OstlerError)) throw new Error(`no OstlerError: ${error}`);
  return error;
}

/** Everything that may be logged or shown of an error. */
function allOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { hint } = error as { readonly hint?: string };
  return [error.message, hint, error.stack, allOf(error.cause)].join('\n');
}

describe('a model', () => {
  it('is loaded with exactly its runner options and keep_alive, and then is in memory', async () => {
    const ollama = await simulatedOllama();
    const server = ollamaServer(connectTo(ollama.url));
    await server.load(MODEL, { keepAlive: '30m', options: { num_ctx: 4_096, use_mmap: true } }, never);
    expect(ollama.requests().map(({ path, body }) => [path, body])).toEqual([
      [
        '/api/generate',
        {
          model: MODEL,
          prompt: '',
          stream: false,
          keep_alive: '30m',
          options: { num_ctx: 4_096, use_mmap: true },
        },
      ],
    ]);
    const [resident] = await server.loaded(never);
    expect(resident).toMatchObject({ tag: MODEL, contextLength: 4_096 });
    expect(resident?.vramBytes).toBe(resident?.sizeBytes);
  });

  it('is unloaded by an empty request that keeps it for no time', async () => {
    const ollama = await simulatedOllama();
    const server = ollamaServer(connectTo(ollama.url));
    await server.load(MODEL, { keepAlive: '30m', options: {} }, never);
    const gone = ollama.when('unload');
    await server.unload(MODEL, never);
    expect(ollama.requests().at(-1)?.body).toEqual({
      model: MODEL,
      prompt: '',
      stream: false,
      keep_alive: 0,
    });
    await gone;
    expect(await server.loaded(never)).toEqual([]);
  });

  it('is loaded no further when that is aborted', async () => {
    const ollama = await simulatedOllama();
    const held = ollama.hold({ at: 'load' });
    const stop = new AbortController();
    const load = ollamaServer(connectTo(ollama.url)).load(
      MODEL,
      { keepAlive: '30m', options: {} },
      stop.signal,
    );
    const reason = new Error('no longer wanted');
    const failed = expect(load).rejects.toBe(reason);
    await held.reached;
    const ended = ollama.when('load-end');
    stop.abort(reason);
    await failed;
    expect(await ended).toMatchObject({ outcome: 'aborted' });
    expect(ollama.residents()).toEqual([]);
  });

  it('that never expires has no time, one that does has it', async () => {
    const ollama = await simulatedOllama();
    const server = ollamaServer(connectTo(ollama.url));
    await server.load(MODEL, { keepAlive: -1, options: {} }, never);
    expect(await server.loaded(never)).toMatchObject([{ expiresAt: null }]);
    const before = Date.now();
    await server.load(MODEL, { keepAlive: '30m', options: {} }, never);
    const [resident] = await server.loaded(never);
    expect(resident?.expiresAt).toBeGreaterThanOrEqual(before + 30 * 60_000);
  });

  it('is described by what it can do, its context, its numbers and its own parameters', async () => {
    const ollama = await simulatedOllama();
    ollama.addModel({
      tag: 'eye:1b',
      sizeGb: 1,
      capabilities: ['completion', 'vision'],
      contextLength: 8_192,
      parameters: { temperature: 0.6 },
      layers: 24,
      heads: 16,
      kvHeads: 4,
      embeddingLength: 1_024,
    });
    expect(await ollamaServer(connectTo(ollama.url)).show('eye:1b', never)).toEqual({
      capabilities: ['completion', 'vision'],
      trainedContext: 8_192,
      architecture: { layers: 24, heads: 16, kvHeads: 24 * 4, embeddingLength: 1_024 },
      file: expect.stringMatching(/^\/.+\/blobs\/sha256-[0-9a-f]{64}$/),
      parameters: { temperature: '0.6' },
    });
  });

  it('of a server that says less can at least answer', async () => {
    const { host } = await answering('{"details":{"family":"llama"},"model_info":null}');
    expect(await ollamaServer(connectTo(`http://${host}`)).show('old:1b', never)).toEqual({
      capabilities: ['completion'],
      parameters: {},
    });
  });
});

describe('the lists', () => {
  it('have names as Ollama shows them: no library, always a tag', async () => {
    const entry = {
      digest: 'd',
      size: 1,
      size_vram: 0,
      expires_at: '2026-01-01T00:00:00Z',
      modified_at: 'm',
    };
    const names = ['library/llama3', 'registry.ollama.ai/library/phi4:14b', 'me/own', 'qwen2.5:7b'];
    const { host } = await answering(
      JSON.stringify({ models: names.map((name) => ({ ...entry, name, capabilities: null })) }),
    );
    const server = ollamaServer(connectTo(`http://${host}`));
    const expected = ['llama3:latest', 'phi4:14b', 'me/own:latest', 'qwen2.5:7b'];
    expect((await server.list(never)).map(({ tag }) => tag)).toEqual(expected);
    const loaded = await server.loaded(never);
    expect(loaded.map(({ tag }) => tag)).toEqual(expected);
    expect(loaded[0]).toEqual({
      tag: 'llama3:latest',
      digest: 'd',
      sizeBytes: 1,
      vramBytes: 0,
      expiresAt: Date.UTC(2026, 0),
    });
  });
});

describe('an address with a name and a password', () => {
  it('is sent as an authorization, whatever is in the password', async () => {
    const { host, headers } = await answering('{"version":"1"}');
    const server = ollamaServer(connectTo(`http://ada:${PASSWORD}@${host}/`));
    expect(await server.version(never)).toBe('1');
    const expected = `Basic ${Buffer.from(`ada:${PASSWORD}`).toString('base64')}`;
    expect(headers.map(({ authorization }) => authorization)).toEqual([expected]);
  });

  it('is named in no error, neither of an answer nor of a server that is away', async () => {
    const { host } = await answering('who are you?', 401);
    const broken = await answering('<html>');
    const ollama = await simulatedOllama();
    await ollama.goAway();
    for (const place of [host, broken.host, ollama.url.slice('http://'.length)]) {
      const server = ollamaServer(connectTo(`http://ada:${PASSWORD}@${place}`));
      const error = await failureOf(server.version(never));
      expect(error.code).toBe('unreachable');
      expect(allOf(error)).not.toMatch(/se%|cret|ada:/);
    }
  });
});

describe('a server', () => {
  it('that is away is unreachable, and the hint says how to look', async () => {
    const ollama = await simulatedOllama();
    await ollama.goAway();
    const error = await failureOf(ollamaServer(connectTo(ollama.url)).version(never));
    expect(error).toMatchObject({
      code: 'unreachable',
      message: `Ollama at ${ollama.url} cannot be reached.`,
      retryable: true,
    });
    expect(error.hint).toContain(`curl ${ollama.url}/api/version`);
    expect(error.hint).toContain('ECONNREFUSED');
  });

  it('that is something else is said to be', async () => {
    const { host } = await answering('<html>welcome</html>');
    const error = await failureOf(ollamaServer(connectTo(`http://${host}`)).version(never));
    expect(error).toMatchObject({
      code: 'unreachable',
      message: `What answers at http://${host} does not speak like Ollama.`,
    });
  });
});
