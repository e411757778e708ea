import { toFailure } from '../../src/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Store } from '../../src/ports/store.ts';
import { isLater } from './snowflake.ts';

/** Those that were used least recently go first. */
const MOST_CHANNELS = 500;
/** A channel that is known already is written so much later at most: what came since is seen twice. */
const WRITE_AFTER_MS = 1_000;

/** How far a channel has been read. */
export type Mark = { readonly channel: string; readonly last: string; readonly guild?: string };

/** The channels in which somebody was served, and the last message of each that was durably taken. */
export type Marks = {
  /** The most recently used first. */
  all(): readonly Mark[];
  find(channel: string): Mark | undefined;
  /** A channel becomes known; durable once it resolves. Throws `storage`. */
  meet(mark: Mark): Promise<void>;
  /** Does nothing where the channel is not known, or further already. */
  advance(channel: string, id: string): void;
  forget(channel: string): void;
  /** Never throws. */
  close(): Promise<void>;
};

type Needs = { readonly store: Store; readonly clock: Clock; readonly logger: Logger };

/** `bot` is the id of the bot. Throws `storage`. */
export async function openMarks(bot: string, { store, clock, logger }: Needs): Promise<Marks> {
  const key = `discord:channels:${bot}`;
  const kept = ((await store.get(key)) ?? []) as readonly Mark[];
  /** The most recently used last. */
  const marks = new Map(kept.map((mark) => [mark.channel, mark]));
  let writing: Promise<void> = Promise.resolve();
  let cancel: (() => void) | undefined;

  function put(mark: Mark): void {
    marks.delete(mark.channel);
    marks.set(mark.channel, mark);
    const [oldest] = marks.keys();
    if (marks.size > MOST_CHANNELS && oldest !== undefined) marks.delete(oldest);
  }

  function write(): Promise<void> {
    cancel?.();
    cancel = undefined;
    const written = writing.catch(() => {}).then(() => store.set(key, [...marks.values()]));
    writing = written;
    return written;
  }

  async function writeOrTell(): Promise<void> {
    await write().catch((error: unknown) => {
      logger.warn({ ...toFailure(error) }, 'how far Discord was read could not be kept');
    });
  }

  function writeSoon(): void {
    cancel ??= clock.after(WRITE_AFTER_MS, () => void writeOrTell());
  }

  return {
    all: () => [...marks.values()].reverse(),
    find: (channel) => marks.get(channel),
    async meet(mark) {
      if (marks.has(mark.channel)) return;
      put(mark);
      try {
        await write();
      } catch (error) {
        marks.delete(mark.channel);
        throw error;
      }
    },
    advance(channel, id) {
      const mark = marks.get(channel);
      if (!mark || !isLater(id, mark.last)) return;
      put({ ...mark, last: id });
      writeSoon();
    },
    forget(channel) {
      if (marks.delete(channel)) writeSoon();
    },
    async close() {
      if (cancel) await writeOrTell();
      await writing.catch(() => {});
    },
  };
}
