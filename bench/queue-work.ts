import { systemClock } from '../adapters/system/clock.ts';
import { configSchema } from '../src/config/schema.ts';
import { openLoadHistory } from '../src/models/load-history.ts';
import { createStable } from '../src/models/stable.ts';
import { makeSnapshot } from '../src/path/snapshot.ts';
import type { Logger } from '../src/ports/logger.ts';
import type { ModelServer } from '../src/ports/models.ts';
import type { Queue } from '../src/ports/queue.ts';
import type { Store } from '../src/ports/store.ts';
import { atLeast, atMost, type Report } from './bench.ts';
import { makeJob, type OpenedQueue, type QueueKind } from './open-queue.ts';
import { median, p99 } from './statistics.ts';

const MODEL = 'small:1b';
const WARM_UP = 50;
const SINGLE = 500;
const JOBS = 2_000;
/** So many questions are in the queue at any time, and so many are answered at once. */
const WINDOW = 64;
const PARALLEL = 8;
const P50_MS = { sqlite: 1.5, redis: 2.5 } as const;
const P99_MS = 15;
const JOBS_PER_SECOND = 500;

/** From add to the start of the work through the real scheduler, and how many jobs pass it in a second. */
export async function measureWork(kind: QueueKind, storage: OpenedQueue): Promise<Report> {
  const begun = new Map<string, () => void>();
  const queue = await storage.open(async ({ id }) => {
    begun.get(id)?.();
    begun.delete(id);
    return 'done';
  });
  const stable = await startStable(queue);
  let count = 0;

  /** One job; resolves with the milliseconds from its add to its start, once it has ended. */
  async function pass(): Promise<number> {
    count += 1;
    const id = `${kind}-${count}`;
    const started = new Promise<number>((resolve) => begun.set(id, () => resolve(performance.now())));
    const ended = endOf(queue, id);
    const began = performance.now();
    await queue.add(makeJob(id, MODEL));
    const startedAt = await started;
    await ended;
    return startedAt - began;
  }

  async function burst(window: number): Promise<number> {
    let left = JOBS;
    const began = performance.now();
    const lane = async () => {
      while (left > 0) {
        left -= 1;
        await pass();
      }
    };
    await Promise.all(Array.from({ length: window }, lane));
    return JOBS / ((performance.now() - began) / 1_000);
  }

  const singles: number[] = [];
  for (let job = -WARM_UP; job < SINGLE; job += 1) {
    const ms = await pass();
    if (job >= 0) singles.push(ms);
  }
  const perSecond = await burst(WINDOW);
  const perSecondAtOnce = await burst(JOBS);
  stable.stop();
  await queue.close(1_000, 'the bench is over');
  storage.close();
  return {
    targets: [
      atMost(`${kind}: add to start, p50`, median(singles), 'ms', P50_MS[kind]),
      atMost(`${kind}: add to start, p99`, p99(singles), 'ms', P99_MS),
      atLeast(`${kind}: jobs per second, ${WINDOW} in the queue`, perSecond, 'jobs/s', JOBS_PER_SECOND),
    ],
    figures: [
      {
        name: `${kind}: jobs per second, ${JOBS} in the queue at once`,
        figure: perSecondAtOnce,
        unit: 'jobs/s',
      },
    ],
  };
}

function endOf(queue: Queue, id: string): Promise<void> {
  return new Promise((resolve) => {
    const off = queue.onEvent((event) => {
      if (event.type !== 'ended' || event.id !== id) return;
      off();
      resolve();
    });
  });
}

async function startStable(queue: Queue) {
  const config = configSchema.parse({ llm: { parallel: PARALLEL, routing: { default: MODEL } } });
  const { settings } = makeSnapshot(config);
  const stable = createStable({
    host: 'the bench',
    server: residentServer(),
    queue,
    clock: systemClock,
    logger: silent,
    settings: () => settings,
    answerLimitMs: 5_000,
    onProgress: () => undefined,
    serves: () => true,
    isOwner: () => true,
    isSettled: async () => false,
    recall: () => undefined,
    pins: { list: () => [], set: async () => {} },
    swaps: { demanded: () => undefined, swapped: () => undefined },
    history: await openLoadHistory({ store: nowhere, logger: silent }),
    store: nowhere,
    gpu: async () => undefined,
    hostMemory: async () => undefined,
    stageFile: async () => 0,
    keepOutcome: async ({ id }) => {
      throw new Error(`${id} was given up`);
    },
  });
  await stable.start();
  return stable;
}

/** A server that answers at once, whose only model is in memory. */
function residentServer(): ModelServer {
  const model = { tag: MODEL, digest: 'digest', sizeBytes: 1e9 };
  return {
    version: async () => '0.0.0',
    list: async () => [{ ...model, modifiedAt: '', capabilities: ['completion'] }],
    show: async () => ({ capabilities: ['completion'], parameters: {} }),
    loaded: async () => [{ ...model, vramBytes: 1e9, expiresAt: null }],
    load: async () => undefined,
    keep: async () => undefined,
    unload: async () => undefined,
    async *pull() {},
  };
}

const nowhere: Store = {
  get: async () => undefined,
  set: async () => undefined,
  delete: async () => undefined,
  update: async (_, change) => change(undefined),
};

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (fields, message) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
};
