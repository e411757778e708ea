import { keepAlivePolicy } from '../../../src/models/keep-alive.ts';
import { openLoadHistory } from '../../../src/models/load-history.ts';
import { openPins } from '../../../src/models/pins.ts';
import type { Settings } from '../../../src/models/server-view.ts';
import { createStable, type Stable } from '../../../src/models/stable.ts';
import { createStop } from '../../../src/path/stop.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import type { Processor } from '../../../src/ports/queue.ts';
import { fakeStore } from '../../fakes/store.ts';
import { createJobChecks } from './job-checks.ts';
import { createLoadBound } from './load-bound.ts';
import { CLOSED, fakeOllama } from './ollama.ts';
import { fakeQueue } from './queue.ts';
import type { Model } from './runners.ts';
import type { Schedule } from './schedule.ts';
import { createServerChecks } from './server-checks.ts';
import type { VirtualTime } from './virtual-time.ts';
import { fakeWork, MAX_RETRIES } from './work.ts';

const GB = 1e9;
/** A file is smaller than its model in memory, and that is smaller than what is guessed of it. */
const IN_MEMORY = 1.1;
const MODELS: readonly Model[] = [4, 6, 8, 14, 20].map((gb, index) => ({
  tag: `${'abcde'[index]}:${gb}b`,
  fileBytes: gb * GB,
  bytes: gb * GB * IN_MEMORY,
  loadMs: gb * 900,
}));
/** Where nobody else knows it, the server does. */
const REAL_GB = 26;
const SERVER_MODELS = 6;
const ANSWER_LIMIT_MS = 2_000;
const LOAD_LIMIT_MS = 60_000;
const RETURN_AFTER_MS = 60_000;
/** So many steps in one instant: it wakes itself for ever. */
const MOST_STEPS_AT_ONCE = 2_000;

/** The real stable with everything around it, and what is checked of it all the time. */
export async function openScene(time: VirtualTime, settings: Schedule['settings']) {
  const models = MODELS.slice(0, settings.models);
  const tagOf = (index: number) => models[index % models.length]?.tag ?? '';
  const totalBytes = settings.totalGb === undefined ? undefined : settings.totalGb * GB;
  const log: string[] = [];
  const mistakes: string[] = [];
  const note = (what: string) => void log.push(`${(time.now() / 1_000).toFixed(3)} ${what}`);
  const wrong = (what: string) => {
    note(`WRONG: ${what}`);
    mistakes.push(what);
  };

  const tags = (indices: readonly number[]) => [...new Set(indices.map(tagOf))];
  const policy = keepAlivePolicy({
    type: 'ram',
    keep_alive: settings.keepAlive,
    max_models: settings.maxModels,
    eviction: settings.eviction,
  } as Parameters<typeof keepAlivePolicy>[0]);
  const ours: Settings = {
    routing: { models: [], rules: [], default: null },
    models: [],
    policy,
    parallel: settings.parallel,
    memory: { vramBytes: totalBytes ?? null, allowSpill: true },
    staging: false,
    asksFirst: settings.asksFirst,
    stay: {
      pinned: tags(settings.pinned),
      preserved: tags(settings.preserved),
      preload: tags(settings.preload),
      default: settings.default === undefined ? undefined : tagOf(settings.default),
      returnAfterMs: RETURN_AFTER_MS,
    },
    maxRetries: MAX_RETRIES,
    loadLimitMs: LOAD_LIMIT_MS,
  };

  const isSteady = (tag: string) => ollama.isSteady(tag);
  const jobs = createJobChecks({ clock: time, wrong, isSteady });
  const bound = createLoadBound({
    clock: time,
    wrong,
    questions: jobs.open,
    models: models.length,
    isSteady,
    isThere: (tag) => ollama.find(tag) !== undefined,
  });
  const checks = createServerChecks({
    clock: time,
    wrong,
    residents: () => ollama.residents(),
    bytesOf: (tag) => models.find((model) => model.tag === tag)?.bytes ?? 0,
    totalBytes,
    maxModels: settings.maxModels,
    slots: settings.parallel,
    keeps(tag) {
      if (stable.intentions.pinned().includes(tag)) return 'pinned';
      return ours.stay.preserved.includes(tag) ? 'preserved' : 'free';
    },
    isSteady,
    unloadsIdle: policy.unloadIdle,
    isSwapping: () => stable.view().models.some(({ state }) => state === 'loading'),
  });
  let beganAt = 0;

  const ollama = fakeOllama({
    clock: time,
    models,
    totalBytes: totalBytes ?? REAL_GB * GB,
    maxModels: SERVER_MODELS,
    watch: {
      onLoad(tag) {
        note(`load ${tag}`);
        beganAt = time.now();
        checks.onLoad(tag);
      },
      onLoadOver(tag, isLoaded) {
        note(`${isLoaded ? 'loaded' : 'not loaded'} ${tag}`);
        checks.onLoadOver();
        if (isLoaded) bound.onLoaded(tag, beganAt);
        else bound.disturb();
      },
      onUnload(tag) {
        note(`unload ${tag}`);
        checks.onUnload(tag);
      },
      onAsk(tag, job) {
        note(`${job} asks ${tag}`);
        checks.onAsk(tag);
        jobs.onAsk(job, tag);
      },
      onAnswered(tag, job) {
        note(`${job} answered by ${tag}`);
        checks.onAnswered(tag);
        jobs.onAnswered(job);
      },
      onCame(runner, by) {
        note(`${runner.tag} came for ${by}`);
        checks.onCame(runner, by);
        if (by !== 'us') bound.disturb();
      },
      onWent(runner, by) {
        note(`${runner.tag} went for ${by}`);
        checks.onWent(runner, by);
        bound.onWent(runner.tag);
        if (by !== 'us') bound.disturb();
      },
    },
  });

  const troubles = { promote: 0, keep: 0 };
  const lengths = new Map<string, number>();
  const work = fakeWork({
    clock: time,
    ollama,
    stable: () => stable,
    lengthOf: (job) => lengths.get(job) ?? 0,
    troubles,
    onKept(job) {
      note(`${job} ended`);
      jobs.onKept(job);
    },
  });
  const process: Processor = (...run) => work.process(...run);
  const queue = fakeQueue({
    clock: time,
    process,
    troubles,
    onPromote: jobs.onPromote,
    onGone: jobs.onGone,
  });

  const logger: Logger = {
    debug: () => {},
    info: (fields, message) => note(`${message} ${JSON.stringify(fields)}`),
    warn: (fields, message) => note(`${message} ${JSON.stringify(fields)}`),
    error(fields, message) {
      note(`${message} ${JSON.stringify(fields)}`);
      if (message === 'a decision failed' && fields.error !== CLOSED)
        wrong(`${message}: ${JSON.stringify(fields)}`);
    },
  };
  const store = fakeStore(time);
  let stepsAt = 0;
  let steps = 0;
  const stable: Stable = createStable({
    host: 'here',
    server: ollama.server,
    queue,
    clock: time,
    logger,
    settings: () => ours,
    answerLimitMs: ANSWER_LIMIT_MS,
    onProgress: () => {},
    serves: () => true,
    isOwner() {
      steps = stepsAt === time.now() ? steps + 1 : 0;
      stepsAt = time.now();
      if (steps < MOST_STEPS_AT_ONCE) return true;
      wrong('it steps for ever');
      stable.stop();
      return false;
    },
    isSettled: async ({ id }) => work.outcomes.has(id),
    pins: await openPins(store),
    swaps: { demanded: () => {}, swapped: () => {} },
    history: await openLoadHistory({ store, logger }),
    store,
    gpu: async () => undefined,
    hostMemory: async () => undefined,
    stageFile: async () => 0,
    recall: () => undefined,
    keepOutcome: work.keep,
  });
  const stop = createStop({
    stable,
    queue,
    isSettled: async ({ id }) => work.outcomes.has(id),
    // Whoever stopped it is told that it could not be kept; here he tries again.
    async endGone(job, outcome) {
      while (!work.outcomes.has(job.id)) await work.keep(job, outcome).catch(() => {});
    },
  });
  await stable.start();

  return {
    stable,
    ollama,
    queue,
    stop,
    troubles,
    lengths,
    jobs,
    checks,
    bound,
    outcomes: work.outcomes,
    tagOf,
    models: models.length,
    note,
    log,
    mistakes,
  };
}

export type Scene = Awaited<ReturnType<typeof openScene>>;
