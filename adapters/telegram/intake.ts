import { z } from 'zod';
import type { OstlerError } from '../../src/errors.ts';
import { createTurns } from '../../src/path/in-turn.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { type HandleUpdate, takeUpdate, updateIdOf } from './take-update.ts';

/** More than one answer can hold: what was taken and not yet confirmed comes again. */
const REMEMBERED_UPDATES = 1_000;

type Identified = { readonly id: number; readonly update: unknown };

/** What became of one answer of getUpdates. */
type Batch = {
  /** Updates that were not taken before. */
  readonly fresh: number;
  /** Why one of them must come again. */
  readonly failed: OstlerError | undefined;
};

/** Takes updates, and knows from where on Telegram shall send them next. */
export type Intake = {
  /** Everything below it is durably taken, or was passed over. */
  offset(): number;
  /** Resolves when every update of the answer is taken, or cannot be now. Never rejects. */
  take(updates: readonly unknown[]): Promise<Batch>;
};

export function createIntake(handle: HandleUpdate, logger: Logger): Intake {
  const taken = new Set<number>();
  let offset = 0;
  let isNamelessTold = false;

  function remember(id: number): void {
    taken.add(id);
    const [oldest] = taken;
    if (taken.size > REMEMBERED_UPDATES && oldest !== undefined) taken.delete(oldest);
  }

  /** An update without an id can be neither confirmed nor told from another: it would come for ever. */
  function tellNameless(count: number): void {
    if (count > 0 && !isNamelessTold) logger.error({ count }, 'updates without an update_id; skipped');
    isNamelessTold = count > 0;
  }

  /** A chat's updates one after the other, up to the first that fails; the chats side by side. */
  async function takeAll(updates: readonly Identified[]): Promise<ReadonlyMap<number, OstlerError>> {
    const inTurn = createTurns();
    const failed = new Map<number, OstlerError>();
    const stuck = new Set<string>();
    const take = async ({ id, update }: Identified, chat?: string) => {
      if (chat !== undefined && stuck.has(chat)) return;
      const error = await takeUpdate(update, { handle, logger });
      if (!error) return remember(id);
      failed.set(id, error);
      if (chat !== undefined) stuck.add(chat);
    };
    await Promise.all(
      updates.map((one) => {
        const chat = chatOf(one.update);
        return chat === undefined ? take(one) : inTurn(chat, () => take(one, chat));
      }),
    );
    return failed;
  }

  return {
    offset: () => offset,

    async take(updates) {
      const known = new Map(
        updates.flatMap((update) => {
          const id = updateIdOf(update);
          return id === undefined ? [] : [[id, update] as const];
        }),
      );
      tellNameless(updates.filter((update) => updateIdOf(update) === undefined).length);
      const ids = [...known.keys()].sort((one, other) => one - other);
      const fresh = ids.filter((id) => !taken.has(id));
      const failed = await takeAll(fresh.map((id) => ({ id, update: known.get(id) })));

      const [first] = [...failed.keys()].sort((one, other) => one - other);
      const next = first ?? (ids.at(-1) ?? -1) + 1;
      // After a week without updates Telegram numbers them anew: fresh ones may also lead back.
      offset = fresh.length > 0 ? next : Math.max(offset, next);
      return { fresh: fresh.length, failed: first === undefined ? undefined : failed.get(first) };
    },
  };
}

const inChat = z.object({ chat: z.object({ id: z.int() }) });
const aboutMessage = z.object({ message: inChat }).transform(({ message }) => message);
const anyUpdate = z.record(z.string(), z.unknown());

/** Whatever the update is about, its chat stands in the same place. */
function chatOf(update: unknown): string | undefined {
  for (const about of Object.values(anyUpdate.safeParse(update).data ?? {})) {
    const { data } = z.union([inChat, aboutMessage]).safeParse(about);
    if (data) return String(data.chat.id);
  }
  return undefined;
}
