import { jobOf } from '../../fakes/job.ts';
import type { Scene } from './scene.ts';
import type { Step } from './schedule.ts';
import type { VirtualTime } from './virtual-time.ts';

const IMPATIENT_MS = 40_000;
const ORDERS = 'web:orders';

/** Lets the steps of a schedule happen. */
export function actor(
  { stable, ollama, queue, stop, jobs, server, bound, wanted, lengths, troubles, tagOf }: Scene,
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
    jobs.onAdded({ id: job.id, chat, model: tag, isBackground, deadlineAt });
    void queue.add({
      ...job,
      message: { ...job.message, ...(isBackground && { isBackground }) },
      route: { ...job.route, model: tag },
      enqueuedAt: time.wall(),
      deadlineAt,
    });
  }

  const giveUpOrders = () => {
    for (const { model } of stable.intentions.orders()) wanted.wasWanted(model);
  };

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
        if (job && stable.agree(job.id, stable.askedFor(job.id)?.id ?? '')) jobs.onAgreed(job.id);
        break;
      }
      case 'order': {
        const model = tagOf(step.model);
        if (stable.view().away || stable.judge(model).kind === 'never') return;
        if (!stable.view().installed.some(({ tag }) => tag === model)) return;
        bound.disturb();
        giveUpOrders();
        stable.intentions.order(model, { person: `${step.person}`, conversation: ORDERS });
        break;
      }
      case 'take back':
        bound.disturb();
        giveUpOrders();
        stable.intentions.cancelOrders(({ person }) => person === `${step.person}`);
        break;
      case 'dismiss':
        if (stable.intentions.pinned().includes(tagOf(step.model))) return;
        if (stable.intentions.orders().some(({ model }) => model === tagOf(step.model))) return;
        server.onDismissed(tagOf(step.model));
        bound.disturb();
        stable.intentions.dismiss(tagOf(step.model));
        break;
      case 'pin':
      case 'unpin':
        if (stable.intentions.pinned().includes(tagOf(step.model))) wanted.wasWanted(tagOf(step.model));
        server.onKept(tagOf(step.model));
        bound.disturb();
        void stable.intentions.pin(tagOf(step.model), step.do === 'pin');
        break;
      case 'type':
        wanted.onTyped(tagOf(step.model));
        stable.intentions.typing(tagOf(step.model));
        break;
      case 'delete':
      case 'pull':
        bound.disturb();
        server.onDisturbed();
        ollama[step.do](tagOf(step.model));
        if (step.do === 'pull') stable.relist();
        break;
      case 'ask as another':
        server.onDisturbed();
        ollama.askAsOther(tagOf(step.model), step.ms);
        break;
      case 'unload as another':
        server.onDisturbed();
        wanted.onTakenAway([tagOf(step.model)]);
        ollama.unloadAsOther(tagOf(step.model));
        break;
      case 'trouble a load':
        ollama.fates.load.push(step.fate);
        break;
      case 'trouble an answer':
        bound.disturb();
        ollama.fates.answer.push(step.fate);
        break;
      case 'slow an unload':
        ollama.fates.unloadMs.push(step.ms);
        break;
      case 'restart':
        server.onDisturbed();
        bound.disturb();
        wanted.onTakenAway(stable.view().installed.map(({ tag }) => tag));
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
