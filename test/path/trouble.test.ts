import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openFiles } from '../../adapters/disk/files.ts';
import { openConnection } from '../../adapters/ollama/connection.ts';
import { ollamaGenerate } from '../../adapters/ollama/generate.ts';
import { ollamaServer } from '../../adapters/ollama/server.ts';
import { sqliteLog } from '../../adapters/sqlite/log.ts';
import { openDatabase } from '../../adapters/sqlite/open-database.ts';
import { sqliteQueue } from '../../adapters/sqlite/queue.ts';
import { sqliteStore } from '../../adapters/sqlite/store.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Ollama } from '../../demo/ollama/ollama.ts';
import type { ConversationEvent } from '../../src/chat/front.ts';
import { jobIdOf, type Message } from '../../src/chat/message.ts';
import { configSchema } from '../../src/config/schema.ts';
import { OstlerError } from '../../src/errors.ts';
import { openHouse } from '../../src/house.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Store } from '../../src/ports/store.ts';
import { quietPorts } from '../fakes/quiet-ports.ts';
import { simulatedOllama, temporaryFolder, testOstler } from '../servers/ostler.ts';

const MODEL = { models: { fast: 'qwen2.5:7b' }, routing: { default: 'fast' } };
const ADDRESS = { platform: 'web', chat: 'one' };

function messageOf(id: string, text = 'hello'): Message {
  return { id, address: ADDRESS, person: { id: 'p' }, kind: 'direct', text, images: [], sentAt: 0 };
}

const spoken = (ollama: Ollama) => ollama.requests().filter(({ path }) => path === '/api/chat').length;

/** A hundred times as fast: pauses after trouble are long. */
const hurried: Clock = {
  now: () => systemClock.now() * 100,
  wall: systemClock.wall,
  after: (ms, call) => systemClock.after(ms / 100, call),
};

/** A house whose storage fails as often as it is told to. */
async function fragileHouse(ollama: Ollama, folder: string) {
  const config = configSchema.parse({ llm: { base_url: ollama.url, ...MODEL } });
  const database = openDatabase(join(folder, 'ostler.db'));
  const connection = openConnection(ollama.url);
  const broken = { append: 0, update: 0 };
  const failing = async <T>(what: keyof typeof broken, work: () => Promise<T>): Promise<T> => {
    if (broken[what] <= 0) return work();
    broken[what] -= 1;
    throw new OstlerError('The disk is full.', { code: 'storage' });
  };
  const log = sqliteLog(database);
  const store = sqliteStore(database);
  const fragileLog: Log = { ...log, append: (...args) => failing('append', () => log.append(...args)) };
  const fragileStore: Store = {
    ...store,
    update: (...args) => failing('update', () => store.update(...args)),
  };
  const house = await openHouse(
    config,
    {
      server: ollamaServer(connection),
      generate: ollamaGenerate(connection),
      openQueue: sqliteQueue(database),
      store: fragileStore,
      log: fragileLog,
      files: await openFiles(join(folder, 'files'), { maxBytes: 1, quotaBytes: 1 }),
      ...quietPorts(),
      clock: hurried,
      serves: () => true,
      isOwner: () => true,
      passing: false,
    },
    '0',
  );
  const close = async () => {
    await house.close();
    await connection.close();
    database.close();
  };
  const leave = new AbortController();
  onTestFinished(() => leave.abort());
  const outcomeOf = async (id: string) => {
    for await (const event of house.front.follow(ADDRESS, { signal: leave.signal })) {
      if (event.type === 'entry' && event.id === id && event.entry.kind === 'exchange')
        return event.entry.outcome;
    }
    return undefined;
  };
  return { ...house, broken, close, outcomeOf };
}

/** Passes requests on to Ollama, but for those that are answered here: with a status, or never. */
async function proxyBefore(
  ollama: Ollama,
  intercept: (path: string, body: string) => number | 'silence' | undefined,
) {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const answer = intercept(request.url ?? '', body);
    if (answer === 'silence') return;
    if (answer !== undefined) {
      response.writeHead(answer, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: "model 'x' not found" }));
      return;
    }
    const method = request.method ?? 'GET';
    const passed = await fetch(`${ollama.url}${request.url}`, { method, ...(body && { body }) });
    response.writeHead(passed.status, { 'content-type': passed.headers.get('content-type') ?? '' });
    for await (const chunk of passed.body ?? []) response.write(chunk);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('when the storage fails', () => {
  it('an answer that could not be kept at once is kept later, and the model is not asked again', async () => {
    const ollama = await simulatedOllama();
    const house = await fragileHouse(ollama, await temporaryFolder());
    house.broken.append = 3;
    const message = messageOf('1');
    await house.front.receive(message);
    expect(await house.outcomeOf(jobIdOf(message))).toMatchObject({ kind: 'answer' });
    expect([spoken(ollama), house.broken.append]).toEqual([1, 0]);
    await house.close();
  });

  it('a statistic that could not be kept costs no answer', async () => {
    const ollama = await simulatedOllama();
    const house = await fragileHouse(ollama, await temporaryFolder());
    house.broken.update = 1;
    const message = messageOf('1', 'hello '.repeat(100));
    await house.front.receive(message);
    expect(await house.outcomeOf(jobIdOf(message))).toMatchObject({ kind: 'answer' });
    await house.close();
  });

  it('a stop that failed leaves the question as it was', async () => {
    const ollama = await simulatedOllama();
    const house = await fragileHouse(ollama, await temporaryFolder());
    const load = ollama.hold({ at: 'load' });
    const message = messageOf('1');
    await house.front.receive(message);
    await load.reached;
    house.broken.append = 1;
    await expect(house.front.stop(ADDRESS)).rejects.toThrow('The disk is full.');
    load.release();
    expect(await house.outcomeOf(jobIdOf(message))).toMatchObject({ kind: 'answer' });
    await house.close();
  });
});

describe('an outcome that was kept before a crash', () => {
  it('is delivered at the next start without another word to Ollama', async () => {
    const ollama = await simulatedOllama();
    const folder = await temporaryFolder();
    const first = await fragileHouse(ollama, folder);
    await ollama.goAway();
    const message = messageOf('1');
    await first.front.receive(message);
    await first.close();
    const database = openDatabase(join(folder, 'ostler.db'));
    const outcome = { kind: 'cancelled', text: 'as it was' } as const;
    const question = { text: 'hello', images: [], person: { id: 'p' }, sentAt: 0, standalone: false };
    const exchange = { kind: 'exchange', question, outcome, takenAt: 0, at: 0 };
    const keep = { entries: 10, ttlMs: 60_000 };
    await sqliteLog(database).append('conversation:web:one', jobIdOf(message), exchange, keep);
    database.close();

    const second = await fragileHouse(ollama, folder);
    expect(second.front.status().waiting).toBe(0);
    expect(await second.outcomeOf(jobIdOf(message))).toEqual(outcome);
    expect(await second.front.receive(message)).toMatchObject({ kind: 'duplicate' });
    await second.close();
  });
});

describe('Ollama in trouble', () => {
  it('evicts by itself for a load: nobody is sent to a model that is gone', async () => {
    const ollama = await simulatedOllama({ vramGib: 24 });
    const llm = { models: { a: 'qwen2.5:32b', b: 'deepseek-coder-v2:16b' }, routing: { default: 'a' } };
    const ostler = await testOstler(ollama, { llm });
    const ask = (model: string, chat: string) =>
      ostler.ask('hello', { model, address: { platform: 'web', chat } });
    await ask('a', 'zero');
    const asked = Array.from({ length: 12 }, (_, index) => ask(index % 2 === 0 ? 'a' : 'b', `chat-${index}`));
    expect((await Promise.all(asked)).map(({ kind }) => kind)).toEqual(Array(12).fill('answer'));
    const loads = ollama.events().filter(({ type }) => type === 'load-begin').length;
    const ours = ollama.requests().filter(({ path, body }) => {
      return path === '/api/generate' && (body as { keep_alive: unknown }).keep_alive !== 0;
    });
    expect(loads).toBe(ours.length);
  });

  it('lists a model that it does not find: its question ends after a few loads', async () => {
    const ollama = await simulatedOllama();
    let loads = 0;
    const proxy = await proxyBefore(ollama, (path) => {
      if (path !== '/api/generate') return undefined;
      loads += 1;
      return 404;
    });
    const ostler = await testOstler(proxy, { llm: { ...MODEL, max_retries: 1 } });
    expect(await ostler.ask('hello')).toMatchObject({ kind: 'failure', failure: { code: 'not_installed' } });
    expect(loads).toBe(2);
  });

  it('never answers an unload: it counts as away, and the next question is answered', async () => {
    const ollama = await simulatedOllama();
    let silent = true;
    const proxy = await proxyBefore(ollama, (path, body) => {
      if (path !== '/api/generate' || !silent) return undefined;
      return JSON.parse(body).keep_alive === 0 ? 'silence' : undefined;
    });
    const cache = { max_models: 1 };
    const llm = { ...MODEL, cache, timeouts: { status_seconds: 0.3 } };
    const ostler = await testOstler(proxy, { llm });
    await ostler.ask('hello');
    const followed = ostler.follow();
    const { job } = await ostler.send('hello', { model: 'llama3:8b-instruct-q4_K_M' });
    const isAway = (event: ConversationEvent) =>
      event.type === 'progress' && event.progress.stage === 'queued' && event.progress.waitsFor === 'ollama';
    await followed.until((event) => isAway(event) || undefined);
    silent = false;
    expect(await followed.outcome(job)).toMatchObject({ kind: 'answer' });
  });
});

describe('models', () => {
  it('that Ollama would send to its cloud are never asked, neither by default nor by name', async () => {
    const ollama = await simulatedOllama({
      models: [
        { tag: 'gpt-oss:120b-cloud', sizeGb: 0.001 },
        { tag: 'tiny:1b', sizeGb: 1 },
      ],
    });
    const ostler = await testOstler(ollama);
    expect(await ostler.ask('private')).toMatchObject({ answer: { provenance: { model: 'tiny:1b' } } });
    expect(await ostler.ask('private', { model: 'gpt-oss:120b-cloud' })).toMatchObject({
      answer: { provenance: { model: 'tiny:1b', notice: expect.stringContaining('runs in a cloud') } },
    });
    expect(ostler.front.status().models.map(({ tag }) => tag)).toEqual(['tiny:1b']);
  });

  it('with two short names are asked with the options of the one that was used', async () => {
    const ollama = await simulatedOllama();
    const models = {
      calm: { name: 'qwen2.5:7b', options: { temperature: 0 } },
      wild: { name: 'qwen2.5:7b', options: { temperature: 2 } },
    };
    const ostler = await testOstler(ollama, { llm: { models, routing: { default: 'calm' } } });
    await ostler.ask('hello');
    await ostler.ask('hello', { model: 'wild' });
    const asked = ollama.requests().filter(({ path }) => path === '/api/chat');
    expect(asked.map(({ body }) => (body as { options: unknown }).options)).toEqual([
      { temperature: 0 },
      { temperature: 2 },
    ]);
  });
});
