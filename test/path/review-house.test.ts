import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openFiles } from '../../adapters/disk/files.ts';
import { openConnection } from '../../adapters/ollama/connection.ts';
import { ollamaGenerate } from '../../adapters/ollama/generate.ts';
import { ollamaServer } from '../../adapters/ollama/server.ts';
import { sqliteLog } from '../../adapters/sqlite/log.ts';
import { openDatabase } from '../../adapters/sqlite/open-database.ts';
import { sqliteQueue } from '../../adapters/sqlite/queue.ts';
import { sqliteStore } from '../../adapters/sqlite/store.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Message } from '../../src/chat/message.ts';
import { configSchema } from '../../src/config/schema.ts';
import { OstlerError } from '../../src/errors.ts';
import { openHouse } from '../../src/house.ts';
import { createLine } from '../../src/models/line.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Ports } from '../../src/ports/ports.ts';
import type { Queue, QueueEvent } from '../../src/ports/queue.ts';
import { jobOf } from '../fakes/job.ts';
import { quietPorts } from '../fakes/quiet-ports.ts';
import { simulatedOllama, temporaryFolder, testOstler } from '../servers/ostler.ts';

const ADDRESS = { platform: 'web', chat: 'one' };
const ROUTE = { model: 'qwen2.5:7b', by: 'default', reason: '', standalone: false } as const;
const MESSAGE: Message = {
  id: randomUUID(),
  address: ADDRESS,
  person: { id: 'p' },
  kind: 'direct',
  text: 'old',
  images: [],
  sentAt: 0,
};

/** A hundred times as fast: pauses after trouble are long. */
const hurried: Clock = {
  now: () => systemClock.now() * 100,
  wall: systemClock.wall,
  after: (ms, call) => systemClock.after(ms / 100, call),
};

/** A house on a simulated Ollama that repeats the question; some of its ports may be others. */
async function openedHouse(change: (ports: Ports) => Partial<Ports>, more: object = {}) {
  const ollama = await simulatedOllama({ answer: ({ turns }) => `You said: ${turns.at(-1)?.content}` });
  const folder = await temporaryFolder();
  const config = configSchema.parse({
    llm: { base_url: ollama.url, routing: { default: 'qwen2.5:7b' }, options: { temperature: 0 } },
    ...more,
  });
  const database = openDatabase(join(folder, 'ostler.db'));
  const connection = openConnection(ollama.url);
  const ports: Ports = {
    server: ollamaServer(connection),
    generate: ollamaGenerate(connection),
    openQueue: sqliteQueue(database),
    store: sqliteStore(database),
    log: sqliteLog(database),
    files: await openFiles(join(folder, 'files'), { maxBytes: 1_000, quotaBytes: 1_000 }),
    ...quietPorts(),
    clock: hurried,
    serves: () => true,
    isOwner: () => true,
    passing: false,
  };
  const { front, close } = await openHouse(config, { ...ports, ...change(ports) }, '0');
  onTestFinished(async () => {
    await close();
    await connection.close();
    database.close();
  });
  return { front, close, ollama };
}

const house = async (change: (ports: Ports) => Partial<Ports>) => (await openedHouse(change)).front;

it('a question that is edited while its answer cannot be kept is answered as it is now', async () => {
  const returned = Promise.withResolvers<void>();
  let failures = 1;
  const front = await house(({ log, openQueue }) => ({
    log: {
      ...log,
      async append(...entry) {
        if (failures <= 0) return log.append(...entry);
        failures -= 1;
        throw new OstlerError('The disk is full.', { code: 'storage' });
      },
    },
    async openQueue(process) {
      const queue = await openQueue(process);
      queue.onEvent(({ type }) => type === 'returned' && returned.resolve());
      return queue;
    },
  }));
  await front.receive(MESSAGE);
  await returned.promise;
  expect(await front.revise({ ...MESSAGE, text: 'new' })).toMatchObject({ kind: 'replaced' });
  const leave = new AbortController();
  for await (const event of front.follow(ADDRESS, { signal: leave.signal })) {
    if (event.type !== 'entry') continue;
    expect(event.entry).toMatchObject({
      question: { text: 'new' },
      outcome: { answer: { text: 'You said: new' } },
    });
    break;
  }
});

it('a job that a dead process gives back while the house opens is begun', async () => {
  const listeners = new Set<(event: QueueEvent) => void>();
  const job = jobOf(1, 'web:one', { route: ROUTE });
  const promoted = Promise.withResolvers<string>();
  const queue: Queue = {
    add: async () => 'added',
    jobs: async () => [{ job, state: 'running', starts: 1 }],
    async promote(id) {
      promoted.resolve(id);
      return true;
    },
    replace: async () => false,
    cancel: async () => 'gone',
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {},
  };
  await house(({ log }) => ({
    openQueue: async () => queue,
    log: {
      ...log,
      find(...which) {
        for (const listener of listeners) listener({ type: 'returned', id: job.id });
        return log.find(...which);
      },
    },
  }));
  expect(await promoted.promise).toBe(job.id);
});

it('a stopped question is delivered also where its conversation forgot it at once', async () => {
  const ollama = await simulatedOllama();
  const ostler = await testOstler(ollama, { conversations: { keep: 1 } });
  const followed = ostler.follow();
  const generation = ollama.hold({ at: 'generation' });
  const running = await ostler.send('one');
  const waiting = await ostler.send('two');
  await generation.reached;
  await ostler.front.startNew(ADDRESS);
  generation.release();
  expect(await followed.outcome(running.job)).toMatchObject({ kind: 'cancelled' });
  expect(await followed.outcome(waiting.job)).toMatchObject({ kind: 'cancelled' });
  expect(ostler.front.status()).toMatchObject({ waiting: 0, running: 0 });
});

it('what is being ended is not begun because it is edited', () => {
  const line = createLine();
  line.add(jobOf(1), { held: false, settled: false, gathersUntil: 0 }, 0);
  Object.assign(line.find('job-1') ?? {}, { ending: true });
  line.change(jobOf(1), 0);
  expect(line.heads(1)).toEqual([]);
});

it('what is generated for others than who asked it ends with the house', async () => {
  const ended = Promise.withResolvers<unknown>();
  const shared = { response_cache: { scope: 'shared' } };
  const { front, close, ollama } = await openedHouse(
    ({ generate }) => ({
      generate(request, signal) {
        signal.addEventListener('abort', () => ended.resolve(signal.reason));
        return generate(request, signal);
      },
    }),
    shared,
  );
  const generation = ollama.hold({ at: 'generation' });
  const asked = (chat: string): Message => ({
    ...MESSAGE,
    id: randomUUID(),
    address: { platform: 'web', chat },
    person: { id: chat },
    standalone: true,
  });
  await front.receive(asked('one'));
  await generation.reached;
  const leave = new AbortController();
  const other = asked('two');
  const events = front.follow(other.address, { signal: leave.signal });
  await front.receive(other);
  for await (const event of events)
    if (event.type === 'progress' && event.progress.stage === 'generating') break;
  await front.stop(ADDRESS);
  expect(ollama.running()).toBe(1);
  await close();
  expect(await ended.promise).toMatchObject({ code: 'stopping' });
  generation.release();
});
