import type { Api } from 'grammy';
import { findCommand } from '../../src/chat/commands.ts';
import type { Front } from '../../src/chat/front.ts';
import type { Message } from '../../src/chat/message.ts';
import { type Failure, OstlerError } from '../../src/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Store } from '../../src/ports/store.ts';
import { createAdmins } from './admins.ts';
import type { Calls } from './calls.ts';
import { draftIdOf } from './draft.ts';
import type { Edits } from './edits.ts';
import { createGathering } from './gathering.ts';
import { createGiving } from './giving.ts';
import { createPressing } from './pressing.ts';
import type { Incoming } from './read-message.ts';
import type { BotIdentity } from './read-text.ts';
import { type Reading, readUpdate } from './read-update.ts';
import { createSaying } from './saying.ts';
import { isFirstRefusal, refusalWords } from './strangers.ts';
import { type HandleUpdate, updateIdOf } from './take-update.ts';
import { within } from './within.ts';

/** So long an edit's update waits until its button is there. */
const OFFER_MS = 3_000;
/** Telegram keeps what nobody confirmed for 24 hours. */
const SEEN_MS = 48 * 3_600_000;
const NOT_SERVED = 'somebody is not served: access.telegram.users does not name them';
const LEFT_ASIDE = 'an update is left aside';

type Needs = {
  readonly front: Front;
  readonly api: Api;
  readonly bot: BotIdentity;
  readonly calls: Calls;
  readonly edits: Edits;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether this person is served, by their id. */
  readonly isServed: (id: string) => boolean;
};

/**
 * What an update does. Resolves once that is durable; what is said about it follows by itself. An update that
 * comes again changes nothing.
 */
export function createHandler(needs: Needs): HandleUpdate {
  const { front, api, bot, calls, edits, store, clock, logger, isServed } = needs;
  const isAdmin = createAdmins(api, clock);
  const say = createSaying(calls, logger);
  const give = createGiving({ front, say, isAdmin });
  const press = createPressing({ front, calls, edits, isAdmin, logger });
  const gathering = createGathering(clock);

  /** A question has the line of its outcome; of everything else this is the one line. */
  function tell(update: unknown, fields: Readonly<Record<string, unknown>>, what: string): void {
    logger.info({ update_id: updateIdOf(update), ...fields }, what);
  }

  /** Questions know by themselves that they come again; everything else is noted and told once it is done. */
  async function once(
    update: unknown,
    effect: () => Promise<unknown>,
    ...told: [fields: Readonly<Record<string, unknown>>, what: string]
  ): Promise<void> {
    const key = `telegram:update:${bot.id}:${updateIdOf(update)}`;
    if ((await store.get(key)) !== undefined) return;
    await effect();
    await store.set(key, true, SEEN_MS);
    tell(update, ...told);
  }

  async function ask(update: unknown, { message, messageId, gather }: Incoming): Promise<void> {
    const { address } = message;
    const until = clock.wall() + (gather?.waitMs ?? 0);
    if (gather && message.kind === 'group') gathering.begin(address.chat, gather.key, gather.waitMs);
    const receipt = await front.receive(
      gather ? { ...message, gather: { key: gather.key, until } } : message,
    );
    if (receipt.kind !== 'refused') return;
    const failure = comesAgain(receipt.failure);
    say.failure(address, failure, messageId);
    tell(update, { code: failure.code, hint: failure.hint }, 'a question is refused');
  }

  async function revise(update: unknown, { message, editDate }: Incoming): Promise<void> {
    const revision = await front.revise(message);
    if (revision.kind === 'refused') comesAgain(revision.failure);
    tell(update, { revision: revision.kind }, 'a question was edited');
    if (revision.kind !== 'begun' && revision.kind !== 'ended') return;
    await edits.remember(revision.job, {
      ...revision.edited,
      id: `${message.id}.e${editDate ?? clock.wall()}`,
    });
    // A kill before it is offered brings the update once more; who has to wait for a turn waits alone.
    const offered = edits.offer(message.address, revision.job);
    await within({ clock, ms: OFFER_MS }, () => offered).catch(() => {});
  }

  function refuse(update: unknown, from: Pick<Message, 'address' | 'person'>, replyTo?: number) {
    const { address, person } = from;
    const effect = async () => {
      if (await isFirstRefusal(store, person)) say.refusal(address, refusalWords(person), replyTo);
    };
    return once(update, effect, { person: person.id }, NOT_SERVED);
  }

  function stopDraft({ address, draftId }: Extract<Reading, { kind: 'draft-stopped' }>): Promise<unknown> {
    const job = front.jobs(address).find((id) => draftIdOf(id) === draftId);
    return job === undefined ? Promise.resolve() : front.stop(address, { job });
  }

  return async (update) => {
    const reading = readUpdate(update, bot, gathering.isOpen);
    switch (reading.kind) {
      case 'message':
      case 'edited': {
        const { message, messageId, command } = reading.message;
        if (!isServed(message.person.id)) return refuse(update, message, messageId);
        if (reading.kind === 'edited') {
          if (command) return tell(update, { why: 'an edited command' }, LEFT_ASIDE);
          return revise(update, reading.message);
        }
        if (!command) return ask(update, reading.message);
        const effect = () => give(reading.message, command, updateIdOf(update));
        const name = findCommand(command.name)?.name ?? 'none of ours';
        return once(update, effect, { person: message.person.id, command: name }, 'a command was given');
      }
      case 'press':
        if (isServed(reading.person.id)) {
          return once(update, () => press(reading), { person: reading.person.id }, 'a button was pressed');
        }
        void calls.answerPress(reading.queryId, 'You are not served here.');
        return tell(update, { person: reading.person.id }, NOT_SERVED);
      case 'draft-stopped':
        if (!isServed(reading.person.id)) return tell(update, { person: reading.person.id }, NOT_SERVED);
        await stopDraft(reading);
        return tell(update, { person: reading.person.id }, 'a draft was stopped');
      case 'unreadable': {
        const { address, person, messageId, what } = reading;
        if (!isServed(person.id)) return refuse(update, reading, messageId);
        const words = `I can read text and pictures, not ${what}.`;
        return once(update, async () => say.text(address, words, messageId), { why: what }, LEFT_ASIDE);
      }
      case 'ignored':
        return tell(update, { why: reading.why }, LEFT_ASIDE);
    }
  };
}

/** Throws where the message must be brought once more: it cannot be kept now. */
function comesAgain(failure: Failure): Failure {
  if (failure.code !== 'storage' && failure.code !== 'stopping') return failure;
  const { code, hint } = failure;
  throw new OstlerError(failure.message, { code, ...(hint !== undefined && { hint }), retryable: true });
}
