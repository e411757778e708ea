import { findCommand } from '../chat/commands.ts';
import type { Front } from '../chat/front.ts';
import type { Message } from '../chat/message.ts';
import { isServed, type Role, type Standing } from '../people/role.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { Edits } from '../reply/edits.ts';
import { within } from '../within.ts';
import { comesAgain } from './comes-again.ts';
import { give } from './giving.ts';
import type { Happening, Told } from './happening.ts';
import { createPressing } from './pressing.ts';

/** So long an edit waits until its button is there. */
const OFFER_MS = 3_000;
/** No platform brings anything again after so long. */
const SEEN_MS = 48 * 3_600_000;

type Needs = {
  readonly front: Front;
  readonly edits: Edits;
  readonly store: Store;
  readonly clock: Clock;
  /** Which bot of the platform this is: what it has seen is its own. */
  readonly bot: string;
};

/**
 * Does what follows from a happening. Resolves once that is durable, with what the log says of it, if that is
 * anything; what is said to people follows by itself. What comes again changes nothing. Throws an OstlerError
 * (`storage`, `stopping`) where it must come again.
 */
export type Attend = (happening: Happening) => Promise<Told | undefined>;

export function createAttend({ front, edits, store, clock, bot }: Needs): Attend {
  const press = createPressing(front, edits);

  /** Questions know by themselves that they come again; everything else is noted, and told once it is done. */
  async function once(
    { presence, id }: Happening,
    effect: () => Promise<unknown>,
    told: Told,
  ): Promise<Told | undefined> {
    const key = `${presence.address.platform}:update:${bot}:${id}`;
    if ((await store.get(key)) !== undefined) return undefined;
    await effect();
    await store.set(key, true, SEEN_MS);
    return told;
  }

  async function ask({ respond }: Happening, message: Message): Promise<Told | undefined> {
    const receipt = await front.receive(message);
    if (receipt.kind !== 'refused') return undefined;
    const failure = comesAgain(receipt.failure);
    respond.failure(failure);
    return { what: 'a question is refused', fields: { code: failure.code, hint: failure.hint } };
  }

  async function revise(message: Message, editId: string): Promise<Told> {
    const revision = await front.revise(message);
    if (revision.kind === 'refused') comesAgain(revision.failure);
    if (revision.kind === 'begun' || revision.kind === 'ended') {
      await edits.remember(revision.job, { ...revision.edited, id: editId });
      // A kill before it is offered brings the edit once more; who has to wait for a turn waits alone.
      const offered = edits.offer(message.address, revision.job);
      await within({ clock, ms: OFFER_MS }, () => offered).catch(() => {});
    }
    return { what: 'a question was edited', fields: { revision: revision.kind } };
  }

  async function stop({ presence }: Happening, job: string | undefined): Promise<Told> {
    if (job !== undefined) await front.stop(presence.address, { job, person: presence.person.id });
    return { what: 'a draft was stopped', fields: { person: presence.person.id } };
  }

  async function serve(happening: Happening, role: Role): Promise<Told | undefined> {
    const { did, presence, respond } = happening;
    const { person } = presence;
    switch (did.kind) {
      case 'asked':
        return ask(happening, did.message);
      case 'edited':
        return revise(did.message, did.editId);
      case 'command': {
        const fields = { person: person.id, command: findCommand(did.name)?.name ?? 'none of ours' };
        const told = { what: 'a command was given', fields };
        return once(happening, () => give(front, happening, did, role), told);
      }
      case 'pressed': {
        const told = { what: 'a button was pressed', fields: { person: person.id } };
        return once(happening, () => press(happening, did, role), told);
      }
      case 'stopped':
        return stop(happening, did.job);
      case 'unreadable': {
        const markdown = `I can read text and pictures, not ${did.what}.`;
        const told = { what: 'an update is left aside', fields: { why: did.what } };
        return once(happening, async () => respond.said({ markdown }), told);
      }
    }
  }

  function refuse(happening: Happening, standing: Standing): Promise<Told | undefined> {
    const { presence, did, respond } = happening;
    const effect = async () => {
      if (did.kind === 'pressed') return did.tell('You are not served here.', false);
      const writes = did.kind !== 'stopped';
      respond.refused(standing === 'stranger' && writes ? await front.meet(presence) : undefined);
    };
    const told = { what: `somebody is not served (${standing})`, fields: { person: presence.person.id } };
    return once(happening, effect, told);
  }

  return async (happening) => {
    const standing = await front.standingOf(happening.presence);
    return isServed(standing) ? serve(happening, standing) : refuse(happening, standing);
  };
}
