import type { Address, Message } from '../chat/message.ts';
import type { Role } from './role.ts';

/** Somebody in a place, as their platform tells it; nothing here is what they said of themselves. */
export type Presence = {
  readonly address: Address;
  readonly person: Message['person'];
  readonly kind: Message['kind'];
  /** Ids of what the place is or lies in: group, guild, channel, the channel of a thread. */
  readonly places: readonly string[];
  /** Ids of the roles that the platform gave this person there. */
  readonly roles: readonly string[];
};

/** Somebody who is served and asks for something. */
export type Caller = Pick<Presence, 'address' | 'person'> & { readonly role: Role };

/** Somebody whom the bot knows by their platform's numeric id. */
export type Known = {
  readonly platform: string;
  readonly id: string;
  readonly name?: string;
  readonly role: Role | 'blocked';
};
