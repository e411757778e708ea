import type { Conversations } from '../chat/conversations.ts';
import type { Receipt, Revision } from '../chat/front.ts';
import { conversationOf, type FileRef, hasPictures, jobIdOf, type Message } from '../chat/message.ts';
import { OstlerError, toFailure } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Queue } from '../ports/queue.ts';
import { createTurns } from './in-turn.ts';
import type { Job } from './job.ts';
import { asOne, continues, goTogether, join, rewrite } from './pieces.ts';
import { route } from './route.ts';
import type { Snapshot } from './snapshot.ts';

/** No context of a local model holds more. */
const MAX_TEXT_CHARACTERS = 1_000_000;

/** Files that were fetched, by their platform's id. */
export type Fetched = ReadonlyMap<string, FileRef>;

type Surroundings = {
  readonly queue: Pick<Queue, 'add' | 'replace'>;
  /** The jobs of a conversation whose outcome is open, by arrival. */
  readonly jobsOf: (conversation: string) => readonly Job[];
  readonly conversations: Pick<Conversations, 'chosenModel' | 'find'>;
  readonly clock: Clock;
  readonly snapshot: () => Snapshot;
  /** Counts a question that is none of those that are known. Throws `limited`, and `storage`. */
  readonly admit: (message: Message) => Promise<void>;
  readonly expireMs: () => number;
  readonly stopping: () => boolean;
};

/** Lets another model (tag) answer a question that waits. False where it no longer does. */
export type Redirect = (job: string, conversation: string, model: string) => Promise<boolean>;

type Receive = {
  readonly redirect: Redirect;
  /** Takes a message: routed, durably queued, and from then on answered or its person is told. */
  receive(message: Message): Promise<Receipt>;
  /** An edited message, under the id of the original. */
  revise(message: Message): Promise<Revision>;
  /** The pictures of a question are there. False where it no longer waits. */
  attach(job: string, conversation: string, fetched: Fetched): Promise<boolean>;
};

export function createReceive(surroundings: Surroundings): Receive {
  const { queue, jobsOf, conversations, clock, snapshot, admit, expireMs, stopping } = surroundings;
  const inTurn = createTurns();

  async function change(id: string, message: Message): Promise<boolean> {
    const choice = await conversations.chosenModel(conversationOf(message.address));
    return queue.replace(id, { message, route: route(message, choice, snapshot().settings.routing) });
  }

  async function add(id: string, message: Message): Promise<Receipt> {
    const conversation = conversationOf(message.address);
    const choice = await conversations.chosenModel(conversation);
    const now = clock.wall();
    const added = await queue.add({
      id,
      conversation,
      message,
      route: route(message, choice, snapshot().settings.routing),
      enqueuedAt: now,
      deadlineAt: now + expireMs(),
    });
    return { kind: added === 'added' ? 'taken' : 'duplicate', job: id };
  }

  async function take(message: Message, conversation: string): Promise<Receipt> {
    const id = jobIdOf(message);
    // The queue forgets an ended job after two days, the conversation keeps its outcome for longer.
    if (await conversations.find(conversation, id)) return { kind: 'duplicate', job: id };
    const open = jobsOf(conversation);
    const holder = open.find((job) => holds(job, message));
    if (holder) return { kind: 'duplicate', job: holder.id };
    // In a group somebody else may have asked in between.
    const begun = open.findLast((job) => continues(job.message, message, clock.wall()));
    if (begun) {
      const whole = join(begun.message, message);
      if (refuseText(whole) === undefined && (await change(begun.id, whole)))
        return { kind: 'taken', job: begun.id };
    }
    await admit(message);
    const joined = await joinLast(open, message, conversation);
    return joined === undefined ? add(id, message) : { kind: 'taken', job: joined };
  }

  /** Lets the last question that waits ask this one, too, where that is wished and one model answers both. */
  async function joinLast(open: readonly Job[], message: Message, conversation: string) {
    const last = open.at(-1);
    if (!last || !snapshot().answersTogether || !goTogether(last.message, message)) return undefined;
    const whole = join(last.message, message);
    const choice = await conversations.chosenModel(conversation);
    const { routing } = snapshot().settings;
    const models = [message, whole].map((one) => route(one, choice, routing).model);
    if (models.some((model) => model !== last.route.model) || refuseText(whole)) return undefined;
    return (await change(last.id, whole)) ? last.id : undefined;
  }

  async function edit(message: Message, conversation: string): Promise<Revision> {
    const holder = jobsOf(conversation).find((job) => holds(job, message));
    if (holder) {
      const edited = rewrite(holder.message, message);
      if (edited.text === holder.message.text) return { kind: 'same', job: holder.id };
      if (await change(holder.id, edited)) return { kind: 'replaced', job: holder.id };
      return { kind: 'begun', job: holder.id, edited: asOne(edited) };
    }
    const found = await conversations.find(conversation, jobIdOf(message));
    const kept =
      found?.entry.kind === 'joined' ? await conversations.find(conversation, found.entry.to) : found;
    if (kept?.entry.kind !== 'exchange') return { kind: 'unknown' };
    const { question } = kept.entry;
    const edited = question.parts
      ? rewrite({ ...message, ...question, kind: message.kind }, message)
      : message;
    if (edited.text === question.text) return { kind: 'same', job: kept.id };
    return { kind: 'ended', job: kept.id, edited: asOne(edited) };
  }

  /** The pictures of a question that waits are there. False where it no longer waits. */
  async function attach(id: string, conversation: string, fetched: Fetched): Promise<boolean> {
    const job = jobsOf(conversation).find((open) => open.id === id);
    if (!job) return false;
    const { images, remoteImages = [] } = job.message;
    const message = {
      ...job.message,
      images: [...images, ...remoteImages.flatMap((file) => fetched.get(file.id) ?? [])],
      remoteImages: remoteImages.filter((file) => !fetched.has(file.id)),
    };
    return queue.replace(id, { message, route: job.route });
  }

  /** A chat's messages are handled in the order in which they came. */
  function handle<T>(message: Message, task: (message: Message, conversation: string) => Promise<T>) {
    const conversation = conversationOf(message.address);
    return inTurn(conversation, async () => {
      const refusal = refuse(message, stopping());
      if (refusal) return { kind: 'refused', failure: toFailure(refusal) } as const;
      try {
        return await task(message, conversation);
      } catch (error) {
        return { kind: 'refused', failure: toFailure(error) } as const;
      }
    });
  }

  return {
    receive: (message) => handle(message, take),
    revise: (message) => handle(message, edit),
    redirect: (id, conversation, model) =>
      inTurn(conversation, async () => {
        const job = jobsOf(conversation).find((open) => open.id === id);
        return job !== undefined && change(id, { ...job.message, model });
      }),
    attach: (id, conversation, fetched) => inTurn(conversation, () => attach(id, conversation, fetched)),
  };
}

/** Whether the message is this job's question, or a piece of it. */
function holds({ message }: Job, { id }: Message): boolean {
  return message.id === id || (message.parts ?? []).some((part) => part.id === id);
}

function refuse(message: Message, stopping: boolean): OstlerError | undefined {
  if (stopping) {
    return new OstlerError('Ostler is stopping.', {
      code: 'stopping',
      hint: 'Ask again in a moment.',
      retryable: true,
    });
  }
  return refuseText(message);
}

function refuseText(message: Message): OstlerError | undefined {
  if (message.text.trim() === '' && !hasPictures(message) && message.quoted === undefined) {
    return new OstlerError('There is no question in that.', { code: 'bad_input', hint: 'Write some text.' });
  }
  if (message.text.length > MAX_TEXT_CHARACTERS) {
    return new OstlerError('That is too long.', {
      code: 'too_long',
      hint: `Send at most ${MAX_TEXT_CHARACTERS} characters.`,
    });
  }
  return undefined;
}
