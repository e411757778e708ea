import { randomUUID } from 'node:crypto';
import type { Conversations, KeptEntry } from '../chat/conversations.ts';
import type { Front } from '../chat/front.ts';
import { type Address, conversationOf } from '../chat/message.ts';
import { OstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Queue } from '../ports/queue.ts';
import type { Job } from './job.ts';

/** So long what shall be forgotten may be on its way to its people. */
const DELIVERY_MS = 3_000;

type Surroundings = {
  readonly conversations: Pick<Conversations, 'find' | 'startNew' | 'forget'>;
  readonly queue: Pick<Queue, 'jobs' | 'onEvent'>;
  /** The jobs of a conversation whose outcome is open. */
  readonly jobsOf: (conversation: string) => readonly Job[];
  readonly stop: (conversation: string) => Promise<number>;
  readonly onKept: (conversation: string, kept: KeptEntry) => void;
  /** What is kept of the answers there, and of that person's, is found no more. */
  readonly dropAnswers: (address: Address, person: string | undefined) => Promise<void>;
  readonly clock: Clock;
};

/** New conversations, with and without a trace of the old one. */
export function createBeginAnew(surroundings: Surroundings): Pick<Front, 'startNew' | 'forget'> {
  const { conversations, queue, jobsOf, stop, onKept, dropAnswers, clock } = surroundings;

  /** Whether a job waits for nothing but its delivery. */
  async function isDelivering(conversation: string): Promise<boolean> {
    const queued = (await queue.jobs()).filter(({ job }) => job.conversation === conversation);
    const open = new Set(jobsOf(conversation).map(({ id }) => id));
    return queued.some(({ job }) => !open.has(job.id));
  }

  /** False where that takes too long. */
  async function whenDelivered(conversation: string): Promise<boolean> {
    let wake = () => {};
    let isLate = false;
    const unlisten = queue.onEvent(() => wake());
    const cancel = clock.after(DELIVERY_MS, () => {
      isLate = true;
      wake();
    });
    try {
      for (;;) {
        const changed = new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (!(await isDelivering(conversation))) return true;
        if (isLate) return false;
        await changed;
      }
    } finally {
      unlisten();
      cancel();
    }
  }

  return {
    async startNew(address, id = randomUUID()) {
      const conversation = conversationOf(address);
      if (await conversations.find(conversation, `new-${id}`)) return;
      await stop(conversation);
      onKept(conversation, await conversations.startNew(conversation, `new-${id}`, clock.wall()));
    },

    /**
     * What a platform brings again afterwards is still known: the queue refuses the ids of ended jobs for two
     * days, and no platform keeps a message for longer that nobody confirmed (Telegram: 24 hours). A job that
     * has not left the queue is known by its outcome alone: without it the model would be asked again.
     */
    async forget(address, id = randomUUID(), person) {
      const conversation = conversationOf(address);
      const at = clock.wall();
      if (await conversations.find(conversation, `forget-${id}`)) return;
      await stop(conversation);
      if (!(await whenDelivered(conversation))) {
        throw new OstlerError('An answer is still on its way here, so nothing was removed.', {
          code: 'busy',
          hint: 'Give /forget again in a moment.',
        });
      }
      await dropAnswers(address, person);
      onKept(conversation, await conversations.forget(conversation, `forget-${id}`, at));
    },
  };
}
