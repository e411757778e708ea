import { createRequire } from 'node:module';
import { Agent, fetch as undiciFetch } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ollamaGenerate } from '../../../adapters/ollama/generate.ts';
import type { Ollama } from '../../../demo/ollama/ollama.ts';
import type { GenerateRequest, Part } from '../../../src/ports/generate.ts';
import { simulatedOllama } from '../../servers/ostler.ts';
import { connectTo } from './connect.ts';

const REQUEST: GenerateRequest = {
  model: 'qwen2.5:7b',
  turns: [{ role: 'user', content: 'hello' }],
  options: { num_ctx: 4_096, temperature: 0.3 },
  keepAlive: '30m',
};
const never = new AbortController().signal;

async function collect(parts: AsyncIterable<Part>): Promise<readonly Part[]> {
  const all: Part[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

const textOf = (parts: readonly Part[], type: 'text' | 'thinking') =>
  parts.flatMap((part) => (part.type === type ? [part.text] : [])).join('');

describe('an answer', () => {
  it('comes as it is written, and ends with what it took', async () => {
    const ollama = await simulatedOllama({ answer: () => 'Grüße aus dem Stall 🐴 und Hafer.' });
    const parts = await collect(ollamaGenerate(connectTo(ollama.url))(REQUEST, never));
    expect(parts.filter(({ type }) => type === 'text').length).toBeGreaterThan(3);
    expect(textOf(parts, 'text')).toBe('Grüße aus dem Stall 🐴 und Hafer.');
    expect(parts.at(-1)).toEqual({
      type: 'done',
      finished: 'stop',
      usage: {
        promptTokens: expect.any(Number),
        tokens: parts.length - 1,
        generateSeconds: expect.any(Number),
        loadSeconds: expect.any(Number),
        readSeconds: expect.any(Number),
        queueSeconds: expect.any(Number),
      },
    });
    expect(ollama.events().map(({ type }) => type)).not.toContain('abort');
  });

  it('is told apart from the thinking before it', async () => {
    const ollama = await simulatedOllama({ answer: () => 'Four.' });
    ollama.addModel({ tag: 'thinker:1b', sizeGb: 1, capabilities: ['completion', 'thinking'] });
    const generate = ollamaGenerate(connectTo(ollama.url));
    const parts = await collect(generate({ ...REQUEST, model: 'thinker:1b' }, never));
    expect(textOf(parts, 'thinking')).not.toBe('');
    expect(textOf(parts, 'text')).toBe('Four.');
    const first = parts.findIndex(({ type }) => type === 'text');
    expect(parts.slice(first).some(({ type }) => type === 'thinking')).toBe(false);
  });

  it('that reaches its limit says so', async () => {
    const ollama = await simulatedOllama();
    const options = { ...REQUEST.options, num_predict: 2 };
    const parts = await collect(ollamaGenerate(connectTo(ollama.url))({ ...REQUEST, options }, never));
    expect(parts.at(-1)).toMatchObject({ type: 'done', finished: 'length' });
  });

  it('is asked for with exactly what was given', async () => {
    const ollama = await simulatedOllama();
    const connection = connectTo(ollama.url);
    const turns = [
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'what is this?', images: ['cGljdHVyZQ=='] },
    ] as const;
    const request: GenerateRequest = { ...REQUEST, model: 'eye:1b', turns, format: 'json', think: false };
    ollama.addModel({ tag: 'eye:1b', sizeGb: 1, capabilities: ['completion', 'vision', 'thinking'] });
    await collect(ollamaGenerate(connection)(request, never));
    expect(ollama.requests().at(-1)?.body).toEqual({
      model: 'eye:1b',
      messages: turns,
      stream: true,
      options: REQUEST.options,
      keep_alive: '30m',
      format: 'json',
      think: false,
    });
  });
});

/** Where a request may stand when it is no longer wanted; resolves once it stands there. */
type Stage = { readonly name: string; readonly reach: (ollama: Ollama) => () => Promise<unknown> };
const STAGES: readonly Stage[] = [
  { name: 'its model is being loaded', reach: (ollama) => () => ollama.hold({ at: 'load' }).reached },
  {
    name: 'it waits for another model’s load',
    reach: (ollama) => {
      const held = ollama.hold({ at: 'load', model: 'qwen2.5:32b' });
      const other = ollamaGenerate(connectTo(ollama.url));
      collect(other({ ...REQUEST, model: 'qwen2.5:32b' }, never)).catch(() => {});
      const mine = held.reached.then(() => ollama.until(() => ollama.queued() === 2));
      onTestFinished(held.release);
      return () => mine;
    },
  },
  {
    name: 'it is being answered',
    reach: (ollama) => () => ollama.hold({ at: 'generation', afterTokens: 3 }).reached,
  },
];

describe('a request that is aborted', () => {
  it.each(STAGES)('while $name ends at Ollama, with the reason of its signal', async ({ reach }) => {
    const ollama = await simulatedOllama();
    const reached = reach(ollama)();
    const stop = new AbortController();
    const reason = new Error('no longer wanted');
    const outcome = collect(ollamaGenerate(connectTo(ollama.url))(REQUEST, stop.signal)).catch(
      (error: unknown) => error,
    );
    await reached;
    const ended = ollama.when('abort', ({ request }) => bodyOf(request).model === REQUEST.model);
    stop.abort(reason);
    expect(await outcome).toBe(reason);
    await ended;
    const residents = ollama.residents().map(({ tag }) => tag);
    expect(residents).toEqual(residents.filter((tag) => tag === REQUEST.model));
  });

  it('before it is sent never reaches Ollama', async () => {
    const ollama = await simulatedOllama();
    const reason = new Error('no longer wanted');
    const parts = ollamaGenerate(connectTo(ollama.url))(REQUEST, AbortSignal.abort(reason));
    await expect(collect(parts)).rejects.toBe(reason);
    expect(ollama.requests()).toEqual([]);
  });

  it('by leaving its parts early ends at Ollama too', async () => {
    const ollama = await simulatedOllama();
    ollama.hold({ at: 'generation', afterTokens: 3 });
    const ended = ollama.when('abort');
    for await (const part of ollamaGenerate(connectTo(ollama.url))(REQUEST, never)) {
      if (part.type === 'text') break;
    }
    await ended;
    await ollama.until(() => ollama.running() === 0);
  });
});

function bodyOf({ body }: { readonly body: unknown }) {
  return body as { readonly model: string };
}

/** Undici's own clock for time-outs; it can be put forward. */
const undiciClock: { tick(ms: number): void } = createRequire(import.meta.url)('undici/lib/util/timers.js');
const HOUR_MS = 3_600_000;

function letAnHourPass(): void {
  // The first time only begins the timers that were set meanwhile.
  for (let times = 0; times < 2; times += 1) undiciClock.tick(HOUR_MS);
}

/** What fetch does by itself. */
async function fetchPlainly(ollama: Ollama, onHeaders = () => {}): Promise<string> {
  const plain = new Agent();
  onTestFinished(() => plain.destroy());
  const { model, turns: messages, options } = REQUEST;
  const body = JSON.stringify({ model, messages, options });
  const response = await undiciFetch(`${ollama.url}/api/chat`, { dispatcher: plain, method: 'POST', body });
  onHeaders();
  return response.text();
}

describe('Ollama may be silent for an hour, which a plain fetch does not wait for,', () => {
  it('before the headers', async () => {
    const ollama = await simulatedOllama({ parallel: 2 });
    const holds = [1, 2].map(() => ollama.hold({ at: 'generation' }));
    const patient = collect(ollamaGenerate(connectTo(ollama.url))(REQUEST, never));
    const code = 'UND_ERR_HEADERS_TIMEOUT';
    const failed = expect(fetchPlainly(ollama)).rejects.toMatchObject({ cause: { code } });
    await Promise.all(holds.map(({ reached }) => reached));
    letAnHourPass();
    await failed;
    for (const { release } of holds) release();
    expect((await patient).at(-1)).toMatchObject({ type: 'done' });
  });

  it('in the middle of an answer', async () => {
    const ollama = await simulatedOllama({ parallel: 2 });
    const holds = [1, 2].map(() => ollama.hold({ at: 'generation', afterTokens: 1 }));
    const patient = ollamaGenerate(connectTo(ollama.url))(REQUEST, never)[Symbol.asyncIterator]();
    const headers = Promise.withResolvers<void>();
    const code = 'UND_ERR_BODY_TIMEOUT';
    const failed = expect(fetchPlainly(ollama, headers.resolve)).rejects.toMatchObject({ cause: { code } });
    await Promise.all([patient.next(), headers.promise]);
    letAnHourPass();
    await failed;
    for (const { release } of holds) release();
    const rest = await collect({ [Symbol.asyncIterator]: () => patient });
    expect(rest.at(-1)).toMatchObject({ type: 'done' });
  });
});
