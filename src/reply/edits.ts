import type { Address, Message } from '../chat/message.ts';
import { toFailure } from '../errors.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';
import { editButton } from './buttons.ts';
import { readLedger } from './ledger.ts';
import type { Messages } from './messages.ts';

/** Nobody asks for an answer to an older edit. */
const KEPT_MS = 30 * 86_400_000;

/** Questions that were edited when it was too late to replace them: the answer offers to answer the edit. */
export type Edits = {
  /** Durable once it resolves. A later edit of the same question takes its place. */
  remember(job: string, edited: Message): Promise<void>;
  /** Puts the button below the answer, once there is both. Never throws. */
  offer(address: Address, job: string): Promise<void>;
  /** The edited question. */
  find(job: string): Promise<Message | undefined>;
};

type Needs = {
  readonly messages: Pick<Messages, 'setButtons'>;
  readonly store: Store;
  readonly logger: Logger;
  /** The platform part of addresses. */
  readonly platform: string;
};

export function createEdits({ messages, store, logger, platform }: Needs): Edits {
  const key = (job: string) => `${platform}:edit:${job}`;

  return {
    remember: (job, edited) => store.set(key(job), edited, KEPT_MS),

    async offer(address, job) {
      try {
        if ((await store.get(key(job))) === undefined) return;
        const page = await readLedger(store, platform, job);
        const last = page?.parts.at(-1)?.id;
        if (!page?.done || last === undefined) return;
        await messages.setButtons({ address }, last, editButton(job), { urgency: 'final' });
      } catch (error) {
        logger.warn({ job, ...toFailure(error) }, 'an edited question could not be offered again');
      }
    },

    find: async (job) => (await store.get(key(job))) as Message | undefined,
  };
}
