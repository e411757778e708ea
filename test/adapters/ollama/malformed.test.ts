import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Connection, openConnection } from '../../../adapters/ollama/connection.ts';
import { ollamaGenerate } from '../../../adapters/ollama/generate.ts';
import { ollamaServer } from '../../../adapters/ollama/server.ts';
import { systemClock } from '../../../adapters/system/clock.ts';
import { seeded } from '../../../demo/ollama/seeded.ts';
import { OstlerError } from '../../../src/errors.ts';
import { askWithin } from '../../../src/models/ask-server.ts';
import { watch } from '../../../src/path/watch.ts';
import type { Part } from '../../../src/ports/generate.ts';
import { createMangler, type Mangling } from '../../servers/mangler.ts';
import { simulatedOllama } from '../../servers/ostler.ts';
import { ENDPOINTS, type Endpoint, familyOf } from './endpoints.ts';
import { HARMLESS } from './harmless.ts';
import { KINDS } from './kinds.ts';

const ANSWERS = 1_000;
const MODEL = 'qwen2.5:7b';
const TEXT = 'Grüße aus Zürich: ein Stall für viele 🐴🐎 und noch etwas Hafer, bitte.';
/** Nothing but silence ever waits for them. */
const LIMIT_MS = { silent: 30, other: 20_000 };
const OPTIONS = { keepAlive: '30m', options: { num_ctx: 4_096 } } as const;

/** Asks for one thing as the house does, with its watchdogs. */
async function ask(endpoint: Endpoint, connection: Connection, limitMs: number): Promise<unknown> {
  const server = ollamaServer(connection);
  const never = new AbortController().signal;
  const within = <T>(request: (signal: AbortSignal) => Promise<T>) => askWithin(limitMs, never, request);
  switch (endpoint) {
    case 'chat':
      return answer(connection, limitMs);
    case 'load':
      return within((signal) => server.load(MODEL, OPTIONS, signal));
    case 'unload':
      return within((signal) => server.unload('deepseek-coder-v2:16b', signal));
    case 'show':
      return within((signal) => server.show(MODEL, signal));
    case 'version':
      return within(server.version);
    case 'tags':
      return within(server.list);
    case 'ps':
      return within(server.loaded);
  }
}

async function answer(connection: Connection, limitMs: number): Promise<readonly Part[]> {
  const request = { model: MODEL, turns: [{ role: 'user', content: 'hello' }], ...OPTIONS } as const;
  const generate = ollamaGenerate(connection);
  const patience = { firstPartMs: limitMs, betweenPartsMs: limitMs };
  const parts: Part[] = [];
  const never = new AbortController().signal;
  for await (const part of watch((signal) => generate(request, signal), patience, systemClock, never)) {
    parts.push(part);
  }
  return parts;
}

/** An Ollama with a loaded model behind a mangler, and what is said or thrown where nobody looks. */
async function surroundings() {
  const ollama = await simulatedOllama({ answer: () => TEXT });
  let next: Mangling | undefined;
  const mangler = await createMangler(ollama.url, () => next);
  const connection = openConnection(mangler.url);
  onTestFinished(connection.close);
  await ask('load', connection, LIMIT_MS.other);

  const uncaught: unknown[] = [];
  const note = (error: unknown) => void uncaught.push(error);
  process.on('unhandledRejection', note).on('uncaughtException', note);
  onTestFinished(() => void process.off('unhandledRejection', note).off('uncaughtException', note));
  const said = (['log', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
  onTestFinished(() => said.forEach((spy) => void spy.mockRestore()));

  return {
    connection,
    mangle: (mangling: Mangling | undefined) => {
      next = mangling;
    },
    idle: () => ollama.until(() => ollama.running() === 0 && ollama.open() === 0),
    async nothingIsLeft() {
      expect(said.flatMap(({ mock }) => mock.calls)).toEqual([]);
      expect(uncaught).toEqual([]);
      expect([ollama.running(), ollama.queued(), ollama.open()]).toEqual([0, 0, 0]);
      await connection.close();
      await mangler.quiet();
      expect(mangler.openSockets()).toBe(0);
    },
  };
}

const pairs = KINDS.flatMap((kind) => kind.on.map((endpoint) => ({ kind, endpoint })));

describe(`of ${ANSWERS} malformed answers`, () => {
  it('each ends in the right error, none in a crash, and nothing is left running', async () => {
    const { connection, mangle, idle, nothingIsLeft } = await surroundings();
    const wrong: string[] = [];
    const tried = new Map<Endpoint, number>(ENDPOINTS.map((endpoint) => [endpoint, 0]));
    for (let index = 0; index < ANSWERS; index += 1) {
      const pair = pairs[index % pairs.length];
      if (!pair) break;
      const { kind, endpoint } = pair;
      mangle(kind.mangle(seeded(index)));
      const limitMs = kind.silent ? LIMIT_MS.silent : LIMIT_MS.other;
      const outcome = await ask(endpoint, connection, limitMs).catch((error: unknown) => error);
      const expected = kind.expects[familyOf(endpoint)];
      const found = outcome instanceof OstlerError ? outcome.code : `no OstlerError: ${outcome}`;
      const told =
        expected !== 'unreachable' ||
        /does not speak like Ollama|did not answer within|Ollama answered \d{3}/.test(`${outcome}`);
      if (found !== expected || !told)
        wrong.push(`${index} ${endpoint}: ${kind.name}: ${found}, not ${expected}`);
      tried.set(endpoint, (tried.get(endpoint) ?? 0) + 1);
      await idle();
    }
    expect(wrong).toEqual([]);
    expect([...tried.values()].reduce((sum, count) => sum + count, 0)).toBe(ANSWERS);
    expect(Math.min(...tried.values())).toBeGreaterThan(80);
    mangle(undefined);
    expect(await ask('chat', connection, LIMIT_MS.other)).toContainEqual(
      expect.objectContaining({ type: 'done' }),
    );
    await idle();
    await nothingIsLeft();
  }, 120_000);
});

describe('an answer is taken as it is when it comes', () => {
  it.each(HARMLESS)('$name', async ({ mangling }) => {
    const { connection, mangle, idle, nothingIsLeft } = await surroundings();
    for (const endpoint of ENDPOINTS) {
      mangle(undefined);
      const plain = await ask(endpoint, connection, LIMIT_MS.other);
      mangle(mangling);
      const odd = await ask(endpoint, connection, LIMIT_MS.other);
      if (endpoint === 'chat') expect(textOf(odd)).toBe(TEXT);
      else expect(odd).toEqual(endpoint === 'ps' ? expect.anything() : plain);
    }
    await idle();
    await nothingIsLeft();
  });
});

function textOf(parts: unknown): string {
  return (parts as readonly Part[]).flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
}
