import { randomInt } from 'node:crypto';
import type { Address } from '../chat/message.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { Presence } from './presence.ts';

/** Without what looks like something else. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const CHARACTERS = 8;
const CODE = new RegExp(`^(?=.*[A-Z])[${ALPHABET}]{${CHARACTERS}}$`);
const KEY = 'people:pending';

export const CODE_LIVES_MS = 3_600_000;
/** More are not handed out on one platform until one of them is over. */
const MOST_PENDING = 3;

/** Somebody who asked to be let in. */
export type Pending = {
  readonly code: string;
  /** Where they wrote. */
  readonly address: Address;
  readonly person: Presence['person'];
  /** Milliseconds since 1970. */
  readonly until: number;
};

/** The codes with which strangers are let in. They survive a restart. */
export type Pairing = {
  /** A code for somebody; undefined while too many others have one. Throws `storage`. */
  issue(presence: Pick<Presence, 'address' | 'person'>): Promise<string | undefined>;
  /** Who has this code, upper or lower case; undefined: nobody, or no longer. Throws `storage`. */
  find(code: string): Promise<Pending | undefined>;
  /** Whoever has a code. Throws `storage`. */
  findPerson(platform: string, id: string): Promise<Pending | undefined>;
  /** The code is of no use any more. Throws `storage`. */
  drop(code: string): Promise<void>;
};

export function createPairing(store: Store, clock: Clock): Pairing {
  const living = (value: unknown) =>
    ((value ?? []) as readonly Pending[]).filter(({ until }) => until > clock.wall());

  return {
    async issue({ address, person }) {
      const code = newCode();
      let issued: string | undefined;
      await store.update(KEY, (value) => {
        const pending = living(value);
        const here = pending.filter((one) => one.address.platform === address.platform);
        issued = here.find((one) => one.person.id === person.id)?.code;
        if (issued !== undefined || here.length >= MOST_PENDING) return pending;
        issued = code;
        return [...pending, { code, address, person, until: clock.wall() + CODE_LIVES_MS }];
      });
      return issued;
    },
    async find(code) {
      return living(await store.get(KEY)).find((one) => one.code === code.toUpperCase());
    },
    async findPerson(platform, id) {
      return living(await store.get(KEY)).find(
        ({ address, person }) => address.platform === platform && person.id === id,
      );
    },
    async drop(code) {
      await store.update(KEY, (value) => living(value).filter((one) => one.code !== code.toUpperCase()));
    },
  };
}

/** Whether a word could be a code. */
export function isCode(word: string): boolean {
  return CODE.test(word.toUpperCase());
}

function newCode(): string {
  const code = Array.from({ length: CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  // Digits alone would be an id.
  return isCode(code) ? code : newCode();
}
