import { hash, randomBytes } from 'node:crypto';
import type { Store } from '../ports/store.ts';

const SECRET = 'cache:secret';
const ID_LENGTH = 8;

/** What hides whose answers are kept: made once for each store. Throws `storage`. */
export async function secretOf(store: Pick<Store, 'update'>): Promise<string> {
  return String(await store.update(SECRET, (value) => value ?? randomBytes(32).toString('hex')));
}

/**
 * Tells the answers of one Ostler from those of others in the same Redis. They could not be shared: each forgets for
 * itself what its people want forgotten.
 */
export function idOf(secret: string): string {
  return hash('sha256', `id ${secret}`).slice(0, ID_LENGTH);
}
