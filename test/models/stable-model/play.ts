import { jobOf } from '../../fakes/job.ts';
import { openScene, type Scene } from './scene.ts';
import type { Schedule, Step } from './schedule.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';

/** Once nothing is disturbed any more, all has ended by then: hangs of other clients last 30 minutes. */
const CALM_MS = 2 * 3_600_000;
/** Whoever waits for nobody then does not load models for ever. */
const AFTERWARDS_MS = 300_000;
const IMPATIENT_MS = 40_000;
const LOADS_EACH = 3;
/** One of so many does not agree that another model goes. */
const NEVER_AGREES = 16;

const HERE = { platform: 'web', chat: 'orders' } as const;

export type Played = {
  readonly asked: number;
  readonly loads: number;
  readonly overdue: number;
  readonly most: number;
};

/** Plays a schedule to its end. Throws what went wrong first, with all that had happened. */
export async function play({ settings, steps }: Schedule): Promise<Played> {
  const time = virtualTime();
  const { timeout } = AbortSignal;
  AbortSignal.timeout = time.timeout;
  try {
    const scene = await openScene(time, settings);
    const check = () => report(scene);
    const act = actor(scene, time);
    for (const step of steps) {
      scene.note(`> ${JSON.stringify(step)}`);
      if (step.do === 'pass') await time.pass(step.ms, check);
      else act(step);
      await time.settle();
      check();
    }
    await calmDown(scene, time, check);
    scene.stable.stop();
    const { audited } = scene.bound;
    return { asked: scene.jobs.all().length, loads: scene.checks.loads(), ...audited() };
  } finally {
    AbortSignal.timeout = timeout;
  }
}

function report({ mistakes, log }: Scene): void {
  if (mistakes.length > 0) throw new Error(`${mistakes.join('\n')}\n\n${log.join('\n')}`);
}

function actor(
  { stable, ollama, queue, stop, jobs, checks, bound, lengths, troubles, tagOf }: Scene,
  time: VirtualTime,
) {
  let asked = 0;
  const openJob = (which: number) => {
    const open = stable.openJobs();
    return open[which % Math.max(1, open.length)];
  };

  function ask({ chat, model, ms, more }: Extract<Step, { do: 'ask' }>): void {
    asked += 1;
    const job = jobOf(asked, `web:${chat}`);
    const tag = tagOf(model);
    const isBackground = more === 'background';
    lengths.set(job.id, ms);
    const deadlineAt = more === 'impatient' ? time.wall() + IMPATIENT_MS : job.deadlineAt;
    jobs.onAdded({ id: job.id, chat, model: tag, isBackground });
    void queue.add({
      ...job,
      message: { ...job.message, ...(isBackground && { isBackground }) },
      route: { ...job.route, model: tag },
      enqueuedAt: time.wall(),
      deadlineAt,
    });
  }

  return (step: Exclude<Step, { do: 'pass' }>): void => {
    switch (step.do) {
      case 'ask':
        ask(step);
        break;
      case 'stop': {
        const job = openJob(step.which);
        if (job) stop(job.conversation, { job: job.id }).catch(() => {});
        break;
      }
      case 'agree': {
        const job = openJob(step.which);
        if (job) stable.agree(job.id);
        break;
      }
      case 'order': {
        const model = tagOf(step.model);
        if (stable.view().away || stable.judge(model).kind === 'never') return;
        if (!stable.view().installed.some(({ tag }) => tag === model)) return;
        bound.disturb();
        stable.intentions.order(model, { person: `${step.person}`, conversation: HERE.chat });
        break;
      }
      case 'take back':
        bound.disturb();
        stable.intentions.cancelOrders(({ person }) => person === `${step.person}`);
        break;
      case 'dismiss':
        if (stable.intentions.pinned().includes(tagOf(step.model))) return;
        checks.onDismissed(tagOf(step.model));
        bound.disturb();
        stable.intentions.dismiss(tagOf(step.model));
        break;
      case 'pin':
      case 'unpin':
        checks.onKept(tagOf(step.model));
        bound.disturb();
        void stable.intentions.pin(tagOf(step.model), step.do === 'pin');
        break;
      case 'type':
        stable.intentions.typing(tagOf(step.model));
        break;
      case 'delete':
      case 'pull':
        bound.disturb();
        checks.onDisturbed();
        ollama[step.do](tagOf(step.model));
        if (step.do === 'pull') stable.relist();
        break;
      case 'ask as another':
        checks.onDisturbed();
        ollama.askAsOther(tagOf(step.model), step.ms);
        break;
      case 'unload as another':
        checks.onDisturbed();
        ollama.unloadAsOther(tagOf(step.model));
        break;
      case 'trouble a load':
        ollama.loadFates.push(step.fate);
        break;
      case 'trouble an answer':
        bound.disturb();
        ollama.answerFates.push(step.fate);
        break;
      case 'slow an unload':
        ollama.unloadMs.push(step.ms);
        break;
      case 'restart':
        checks.onDisturbed();
        bound.disturb();
        ollama.restart(step.ms);
        break;
      case 'fall silent':
        ollama.fallSilent(step.ms);
        break;
      case 'look':
        stable.refresh(0);
        break;
      case 'trouble the queue':
        troubles.promote += 1;
        break;
      case 'trouble the outcomes':
        troubles.keep += 1;
        break;
    }
  };
}

/** Nothing is disturbed any more, and time passes. */
async function calmDown(scene: Scene, time: VirtualTime, check: () => void): Promise<void> {
  const { stable, ollama, jobs, checks, troubles, mistakes, models, note } = scene;
  note('> calm');
  ollama.loadFates.length = 0;
  ollama.answerFates.length = 0;
  ollama.unloadMs.length = 0;
  Object.assign(troubles, { promote: 0, keep: 0 });
  const work = jobs.open().length + stable.intentions.orders().length;
  const before = checks.loads();
  const isOver = () => {
    for (const { id, seq } of stable.openJobs())
      if (stable.askedFor(id) && seq % NEVER_AGREES > 0) stable.agree(id);
    return jobs.open().length === 0 && stable.intentions.orders().length === 0;
  };
  if (!(await time.passUntil(isOver, CALM_MS, check))) {
    const open = jobs.open().map(({ id, model }) => `${id} (${model})`);
    mistakes.push(
      `never end: ${[...open, ...stable.intentions.orders().map(({ model }) => `order of ${model}`)].join()}`,
    );
  }
  const loads = checks.loads() - before;
  if (loads > LOADS_EACH * (work + models)) mistakes.push(`${loads} loads for ${work} questions and orders`);
  check();
  const ended = checks.loads();
  await time.pass(AFTERWARDS_MS, check);
  const later = checks.loads() - ended;
  if (later > models + 1) mistakes.push(`${later} loads for nobody`);
  const left = checks.left();
  if (left.length > 0) mistakes.push(`nothing is in memory any more: ${left.join()} made room for nothing`);
  check();
}
