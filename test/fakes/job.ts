import type { Job, Route } from '../../src/path/job.ts';

const ROUTE: Route = { model: 'a:latest', by: 'default', reason: 'no rule matched', standalone: false };

/** A job of a chat on the web page; `seq` orders it. */
export function jobOf(seq: number, conversation = 'web:one', more: Partial<Job> = {}): Job {
  return {
    id: `job-${seq}`,
    seq,
    conversation,
    message: {
      id: `message-${seq}`,
      address: { platform: 'web', chat: conversation.replace('web:', '') },
      person: { id: 'tester' },
      kind: 'direct',
      text: `question ${seq}`,
      images: [],
      sentAt: 0,
    },
    route: ROUTE,
    enqueuedAt: 0,
    deadlineAt: Number.MAX_SAFE_INTEGER,
    ...more,
  };
}
