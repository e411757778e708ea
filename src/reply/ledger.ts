import type { Store } from '../ports/store.ts';
import type { MessageId } from './messages.ts';

/** Whoever comes back later finds the answer itself; only its buttons have grown stale. */
const KEPT_MS = 30 * 86_400_000;

/** A message of an answer. Without `id` it was about to be sent, and nobody knows whether it arrived. */
type Row = { readonly id?: MessageId; readonly hash: string };

export type Page = {
  /** The message that says what is waited for. `at`: milliseconds since 1970. */
  readonly card?: {
    readonly id: MessageId;
    readonly at: number;
    /** It came before the answers to earlier questions. */
    readonly early?: true;
  };
  readonly parts: readonly Row[];
  /** The whole outcome was delivered. */
  readonly done?: true;
};

/** The messages that a job's answer consists of, so that a second run edits the same ones. */
export type Ledger = {
  page(): Page;
  /** Durable once it resolves. */
  write(page: Page): Promise<void>;
  /** Notes one part: before its sending without an id, after it with one. */
  writePart(index: number, row: Row): Promise<void>;
};

/** `platform` is that of the job's address. */
export async function openLedger(store: Store, platform: string, job: string): Promise<Ledger> {
  const key = ledgerKey(platform, job);
  let page = ((await store.get(key)) as Page | undefined) ?? { parts: [] };

  async function write(next: Page): Promise<void> {
    const { done: _, ...known } = next;
    // Known here even where it cannot be kept: what was sent is not sent again.
    page = known;
    await store.set(key, next, KEPT_MS);
    page = next;
  }

  return {
    page: () => page,
    write,
    writePart: (index, row) => write({ ...page, parts: page.parts.toSpliced(index, 1, row) }),
  };
}

export async function readLedger(store: Store, platform: string, job: string): Promise<Page | undefined> {
  return (await store.get(ledgerKey(platform, job))) as Page | undefined;
}

const ledgerKey = (platform: string, job: string) => `${platform}:reply:${job}`;
