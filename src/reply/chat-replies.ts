import type { Address } from '../chat/message.ts';
import type { Job } from '../path/job.ts';
import type { OpenReply } from '../ports/reply.ts';
import { within } from '../within.ts';
import type { Edits } from './edits.ts';
import { partsOf } from './outcome-contents.ts';
import { type ChatReply, createReply, type Showing } from './reply.ts';
import type { Surroundings } from './surroundings.ts';

/** The end of the process may wait so long for a platform. */
const LEAVE_MS = 2_000;

type Needs = Surroundings & { readonly edits: Edits };

/** All answers of one platform that are under way: one for each job, however often it is run. */
export type ChatReplies = {
  readonly open: OpenReply;
  /** Says something that answers no question. */
  say(address: Address, markdown: string): Promise<void>;
  /** Shows nothing more on the way; what is still under way after 2 s may be shown twice. Never throws. */
  leave(): Promise<void>;
};

/** `how` is asked when a job's answer begins. */
export function openChatReplies(
  { messages, platform, edits, store, clock, logger }: Needs,
  how: (job: Job) => Showing,
): ChatReplies {
  const replies = new Map<string, ChatReply>();

  return {
    open(job) {
      const known = replies.get(job.id);
      if (known) return known;
      const reply = createReply(job, { messages, platform, store, clock, logger, ...how(job) });
      const whole: ChatReply = {
        ...reply,
        async finish(exchange, cursor, signal) {
          await reply.finish(exchange, cursor, signal);
          replies.delete(job.id);
          await edits.offer(job.message.address, job.id);
        },
      };
      replies.set(job.id, whole);
      return whole;
    },

    async say(address, markdown) {
      for (const content of partsOf(markdown, platform))
        await messages.send({ address }, content, { urgency: 'final' });
    },

    async leave() {
      const left = () => Promise.all([...replies.values()].map((reply) => reply.leave()));
      await within({ clock, ms: LEAVE_MS }, left).catch(() => {});
    },
  };
}
