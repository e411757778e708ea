import { actor } from './act.ts';
import { openScene, type Scene } from './scene.ts';
import { isPeaceful, type Schedule } from './schedule.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';

/**
 * Once nothing is disturbed any more, all has ended by then: a model that is preserved keeps its room for 30 minutes
 * after each of its questions, and others may wait for it.
 */
const CALM_MS = 24 * 3_600_000;
/** Whoever waits for nobody then does not load models for ever. */
const AFTERWARDS_MS = 300_000;
/** For each question, order and model: its own, and that of whoever leaves for it and is wanted again. */
const LOADS_EACH = 3;
/** Two that have no room together push each other out, less often each time. */
const LOADS_EACH_PIN = 2;
/** One of so many does not agree that another model goes. */
const NEVER_AGREES = 16;

/** `overdue`: questions that waited through loads when they were; `most`: through how many, each model counted. */
export type Played = {
  readonly asked: number;
  readonly loads: number;
  readonly overdue: number;
  readonly most: number;
};

/** Plays a schedule to its end. Throws what went wrong first, with all that had happened. */
export async function play(schedule: Schedule): Promise<Played> {
  const { settings, steps } = schedule;
  const time = virtualTime();
  const { timeout } = AbortSignal;
  AbortSignal.timeout = time.timeout;
  try {
    const scene = await openScene(time, settings);
    const check = () => {
      scene.wanted.look();
      scene.jobs.look();
      report(scene);
    };
    const act = actor(scene, time);
    for (const step of steps) {
      scene.note(`> ${JSON.stringify(step)}`);
      if (step.do === 'pass') await time.pass(step.ms, check);
      else act(step);
      await time.settle();
      check();
    }
    await calmDown(scene, time, check);
    const unanswered = [...scene.outcomes].filter(([, { kind }]) => kind !== 'answer');
    if (isPeaceful(schedule) && unanswered.length > 0)
      scene.wrong(`no answer: ${JSON.stringify(unanswered)}`);
    check();
    scene.stable.stop();
    const { audited } = scene.bound;
    return { asked: scene.jobs.all().length, loads: scene.server.loads(), ...audited() };
  } finally {
    AbortSignal.timeout = timeout;
  }
}

function report({ mistakes, log }: Scene): void {
  if (mistakes.length > 0) throw new Error(`${mistakes.join('\n')}\n\n${log.join('\n')}`);
}

/** Nothing is disturbed any more, and time passes. */
async function calmDown(scene: Scene, time: VirtualTime, check: () => void): Promise<void> {
  const { stable, ollama, jobs, server, troubles, wrong, models, note } = scene;
  note('> calm');
  for (const fates of Object.values(ollama.fates)) fates.length = 0;
  Object.assign(troubles, { promote: 0, keep: 0 });
  const work = jobs.open().length + stable.intentions.orders().length;
  const before = server.loads();
  const isOver = () => {
    for (const { id, seq } of stable.openJobs()) {
      const asked = stable.askedFor(id);
      if (asked && seq % NEVER_AGREES > 0 && stable.agree(id, asked.id)) jobs.onAgreed(id);
    }
    return jobs.open().length === 0 && stable.intentions.orders().length === 0;
  };
  if (!(await time.passUntil(isOver, CALM_MS, check))) {
    const open = jobs.open().map(({ id, model }) => `${id} (${model})`);
    wrong(
      `never end: ${[...open, ...stable.intentions.orders().map(({ model }) => `order of ${model}`)].join()}`,
    );
  }
  const loads = server.loads() - before;
  if (loads > LOADS_EACH * (work + models.length)) wrong(`${loads} loads for ${work} questions and orders`);
  check();
  const ended = server.loads();
  await time.pass(AFTERWARDS_MS, check);
  const later = server.loads() - ended;
  const pins = stable.intentions.pinned().length;
  if (later > models.length + 1 + LOADS_EACH_PIN * pins) wrong(`${later} loads for nobody`);
  const left = server.left();
  if (left.length > 0) wrong(`nothing is in memory any more: ${left.join()} made room for nothing`);
  check();
}
