import { openLoadHistory } from '../../../src/models/load-history.ts';
import { openPins } from '../../../src/models/pins.ts';
import { createStable, type Stable } from '../../../src/models/stable.ts';
import { createStop } from '../../../src/path/stop.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { fakeStore } from '../../fakes/store.ts';
import { createChecks } from './checks.ts';
import { machineOf } from './machine.ts';
import { fakeOllama } from './ollama.ts';
import { fakeQueue } from './queue.ts';
import { CLOSED } from './requests.ts';
import type { Schedule } from './schedule.ts';
import type { VirtualTime } from './virtual-time.ts';
import { fakeWork } from './work.ts';

const SERVER_MODELS = 6;
const ANSWER_LIMIT_MS = 2_000;
/** So many steps in one instant: it wakes itself for ever. */
const MOST_STEPS_AT_ONCE = 2_000;

/** The real stable with everything around it, and what is checked of it all the time. */
export async function openScene(time: VirtualTime, schedule: Schedule['settings']) {
  const machine = machineOf(schedule);
  const checks = createChecks({ time, machine, ollama: () => ollama, stable: () => stable });
  const { note, wrong, jobs, wanted } = checks;
  const ollama = fakeOllama({
    clock: time,
    models: machine.models,
    totalBytes: machine.realBytes,
    maxModels: SERVER_MODELS,
    watch: checks.watch,
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
      wanted.wasWanted(jobs.onKept(job).model);
    },
    onDelivered: jobs.onDelivered,
  });
  const queue = fakeQueue({
    clock: time,
    process: work.process,
    troubles,
    onPromote: jobs.onPromote,
    onGone: jobs.onGone,
  });

  const write = (fields: object, message: string) => note(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = {
    debug: () => {},
    info(fields, message) {
      write(fields, message);
      if (message === 'the load was abandoned') checks.onAbandoned(`${fields.model}`);
    },
    warn(fields, message) {
      write(fields, message);
      if (message === 'a load failed') checks.onFailed(`${fields.model}`);
    },
    error(fields, message) {
      write(fields, message);
      if (message === 'a decision failed' && fields.error !== CLOSED) wrong(message);
    },
  };
  let stepsAt = 0;
  let steps = 0;
  /** It is asked once in each step. */
  function isOwner(): boolean {
    steps = stepsAt === time.now() ? steps + 1 : 0;
    stepsAt = time.now();
    if (steps < MOST_STEPS_AT_ONCE) return true;
    wrong('it steps for ever');
    stable.stop();
    return false;
  }

  const store = fakeStore(time);
  const isSettled = async ({ id }: { readonly id: string }) => work.outcomes.has(id);
  const stable: Stable = createStable({
    host: 'here',
    server: ollama.server,
    queue,
    clock: time,
    logger,
    settings: () => machine.settings,
    answerLimitMs: ANSWER_LIMIT_MS,
    onProgress: () => {},
    serves: () => true,
    isOwner,
    isSettled,
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
    isSettled,
    // Whoever stopped it is told that it could not be kept; here he tries again.
    async endGone(job, outcome) {
      while (!work.outcomes.has(job.id)) await work.keep(job, outcome).catch(() => {});
    },
  });
  await stable.start();

  return { ...checks, ...machine, stable, ollama, queue, stop, troubles, lengths, outcomes: work.outcomes };
}

export type Scene = Awaited<ReturnType<typeof openScene>>;
