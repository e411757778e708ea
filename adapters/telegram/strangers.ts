import type { Message } from '../../src/chat/message.ts';
import type { Store } from '../../src/ports/store.ts';

/** Who comes back later is told again. */
const REMEMBERED_MS = 30 * 86_400_000;

/** Whether this person was not told before that they are not served; from now on they were. */
export async function isFirstRefusal(store: Store, { id }: Message['person']): Promise<boolean> {
  const key = `telegram:stranger:${id}`;
  if ((await store.get(key)) !== undefined) return false;
  await store.set(key, true, REMEMBERED_MS);
  return true;
}

export function refusalWords({ id }: Message['person']): string {
  return [
    'This bot answers only the people whom its owner has named.',
    `Your Telegram id is \`${id}\`. Ask the owner to add it to \`access.telegram.users\`.`,
  ].join('\n\n');
}
