import type { Job, NewJob } from '../../src/path/job.ts';
import type { Processor, Queue, QueueEvent, RunResult } from '../../src/ports/queue.ts';

/** A job whose content tells it apart. */
export function jobNamed(id: string, conversation = 'test:chat'): NewJob {
  return {
    id,
    conversation,
    message: {
      id,
      address: { platform: 'test', chat: 'chat' },
      person: { id: 'p1', name: 'Ada' },
      kind: 'direct',
      text: `What is ${id}? äöü 🐎`,
      images: [],
      sentAt: 1_700_000_000_000,
    },
    route: { model: 'qwen2.5:7b', by: 'default', reason: 'It is the default.', standalone: false },
    enqueuedAt: Date.now(),
    deadlineAt: Date.now() + 1_800_000,
  };
}

/** What an edited question brings. */
export function edited(id: string, text: string): Pick<Job, 'message' | 'route'> {
  const { message, route } = jobNamed(id);
  const model = 'deepseek-coder-v2:16b';
  return {
    message: { ...message, text, parts: [{ id, text }] },
    route: { ...route, model, by: 'rule', rule: 'code', reason: `It says "${text}".` },
  };
}

export type HeldRun = {
  readonly job: Job;
  readonly signal: AbortSignal;
  readonly starts: number;
  finish(result: RunResult): void;
  fail(error: unknown): void;
};

/** The reason of a close that every held run obeys at once. */
export const testOver = 'the test is over';

/** A processor whose runs last until the test ends them, or closes the queue with `testOver`. */
export function heldProcessor() {
  const held: HeldRun[] = [];
  const waiting = new Map<string, (run: HeldRun) => void>();
  const process: Processor = (job, { signal, starts }) =>
    new Promise<RunResult>((resolve, reject) => {
      const run = { job, signal, starts, finish: resolve, fail: reject };
      signal.addEventListener('abort', () => signal.reason === testOver && resolve('again'));
      held.push(run);
      const tell = waiting.get(job.id);
      waiting.delete(job.id);
      tell?.(run);
    });
  return {
    process,
    /** Every run that began, in order. */
    begun: held as readonly HeldRun[],
    /** The next run of this job; to be asked before it can begin. */
    next: (id: string) => new Promise<HeldRun>((resolve) => waiting.set(id, resolve)),
  };
}

function idOf(event: QueueEvent): string {
  return 'job' in event ? event.job.id : event.id;
}

/** Every event so far, and the way to wait for one. */
export function watch(queue: Queue) {
  const events: QueueEvent[] = [];
  const waiting = new Set<() => void>();
  queue.onEvent((event) => {
    events.push(event);
    for (const look of waiting) look();
  });
  return {
    events: events as readonly QueueEvent[],
    names: () => events.map((event) => `${event.type} ${idOf(event)}`),
    /** Resolves once `type` has been told of `id` at least `times`. */
    told: (type: QueueEvent['type'], id: string, times = 1) =>
      new Promise<void>((resolve) => {
        const look = () => {
          const count = events.filter((event) => event.type === type && idOf(event) === id).length;
          if (count < times) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Lets the event loop go round so many times. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Promotes and waits until the processor has begun. */
export async function begin(
  queue: Queue,
  processor: ReturnType<typeof heldProcessor>,
  id: string,
): Promise<HeldRun> {
  const next = processor.next(id);
  if (!(await queue.promote(id))) throw new Error(`${id} was not waiting.`);
  return next;
}

/** What is queued, short enough to compare. */
export async function listed(queue: Queue): Promise<readonly string[]> {
  return (await queue.jobs()).map(({ job, state, starts }) => `${job.id} ${state} ${starts}`);
}
