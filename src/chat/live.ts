import type { Job } from '../path/job.ts';
import type { OpenReply } from '../ports/reply.ts';
import type { Conversations, KeptEntry } from './conversations.ts';
import { progressEvent } from './describe-progress.ts';
import type { Question } from './exchange.ts';
import type { ConversationEvent } from './front.ts';
import type { Message } from './message.ts';
import type { Progress } from './progress.ts';

/** A follower that is further behind than this is let go; it comes again from its cursor. */
const MAX_BEHIND = 5_000;

/** What is known of a question that has not ended. */
type Open = { readonly question: Question; progress: Progress | undefined; thinking: string; text: string };
type Follower = { push(event: ConversationEvent): void };

/** Who follows a conversation sees its questions wait and its answers grow. */
export type Live = {
  asked(job: Job): void;
  /** A question that waits is another one now. */
  changed(job: Job): void;
  kept(conversation: string, entry: KeptEntry): void;
  readonly openReply: OpenReply;
  follow(
    conversation: string,
    options: { after?: string; signal: AbortSignal },
  ): AsyncGenerator<ConversationEvent, void, undefined>;
};

export function questionOf(message: Message, standalone: boolean): Question {
  const { text, images, remoteImages, person, sentAt, kind, quoted, forwardedFrom, insteadOf, parts } =
    message;
  return {
    text,
    images,
    ...(remoteImages !== undefined && remoteImages.length > 0 && { remoteImages }),
    person,
    sentAt,
    standalone,
    ...(kind === 'group' && { kind }),
    ...(quoted !== undefined && { quoted }),
    ...(forwardedFrom !== undefined && { forwardedFrom }),
    ...(insteadOf !== undefined && { insteadOf }),
    ...(parts !== undefined && { parts }),
  };
}

export function createLive(conversations: Pick<Conversations, 'entries'>): Live {
  const open = new Map<string, Map<string, Open>>();
  const followers = new Map<string, Set<Follower>>();

  function tell(conversation: string, event: ConversationEvent): void {
    for (const follower of followers.get(conversation) ?? []) follower.push(event);
  }

  function asked({ id, conversation, message, route }: Job): Open {
    const jobs = open.get(conversation) ?? new Map<string, Open>();
    open.set(conversation, jobs);
    const known = jobs.get(id);
    if (known) return known;
    const question = questionOf(message, route.standalone);
    const entry: Open = { question, progress: undefined, thinking: '', text: '' };
    jobs.set(id, entry);
    tell(conversation, { type: 'asked', job: id, question });
    return entry;
  }

  function kept(conversation: string, { id, cursor, entry }: KeptEntry): void {
    const jobs = open.get(conversation);
    jobs?.delete(id);
    if (jobs?.size === 0) open.delete(conversation);
    tell(conversation, { type: 'entry', id, cursor, entry });
  }

  function* underWay(conversation: string): Generator<ConversationEvent> {
    for (const [job, { question, progress, thinking, text }] of open.get(conversation) ?? []) {
      yield { type: 'asked', job, question };
      if (progress) yield progressEvent(job, progress);
      if (thinking) yield { type: 'thinking', job, text: thinking };
      if (text) yield { type: 'text', job, text };
    }
  }

  return {
    asked,
    kept,

    changed(job) {
      open.get(job.conversation)?.delete(job.id);
      asked(job);
    },

    openReply(job) {
      const { id, conversation } = job;
      return {
        progress(progress) {
          asked(job).progress = progress;
          tell(conversation, progressEvent(id, progress));
        },
        thinking(text) {
          asked(job).thinking += text;
          tell(conversation, { type: 'thinking', job: id, text });
        },
        text(text) {
          asked(job).text += text;
          tell(conversation, { type: 'text', job: id, text });
        },
        restart() {
          Object.assign(asked(job), { thinking: '', text: '' });
          tell(conversation, { type: 'restart', job: id });
        },
        // They are told what is kept, as soon as it is.
        async finish() {},
      };
    },

    async *follow(conversation, { after, signal }) {
      const inbox = createInbox(signal);
      const all = followers.get(conversation) ?? new Set();
      followers.set(conversation, all.add(inbox));
      try {
        const seen = new Set<string>();
        for (const { id, cursor, entry } of await conversations.entries(conversation, after)) {
          seen.add(id);
          yield { type: 'entry', id, cursor, entry };
        }
        // What was said of open questions meanwhile is part of what they are now.
        const missed = inbox.drain().filter((event) => event.type === 'entry' && !seen.has(event.id));
        yield* [...missed, ...underWay(conversation)];
        yield { type: 'live' };
        yield* inbox.events();
      } finally {
        all.delete(inbox);
        if (all.size === 0) followers.delete(conversation);
      }
    },
  };
}

function createInbox(signal: AbortSignal) {
  let waiting: ConversationEvent[] = [];
  let wake = () => {};
  let overrun = false;

  return {
    push(event: ConversationEvent): void {
      const last = waiting.at(-1);
      if (
        (event.type === 'text' || event.type === 'thinking') &&
        last?.type === event.type &&
        last.job === event.job
      ) {
        waiting[waiting.length - 1] = { ...event, text: last.text + event.text };
      } else if (waiting.length < MAX_BEHIND) waiting.push(event);
      else overrun = true;
      wake();
    },

    drain(): readonly ConversationEvent[] {
      const drained = waiting;
      waiting = [];
      return drained;
    },

    async *events(): AsyncGenerator<ConversationEvent, void, undefined> {
      const onAbort = () => wake();
      signal.addEventListener('abort', onAbort);
      try {
        while (!signal.aborted && !overrun) {
          if (waiting.length === 0) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
          yield* this.drain();
        }
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}
