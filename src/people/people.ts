import { codeSpan } from '../chat/code-span.ts';
import type { Front } from '../chat/front.ts';
import type { Address } from '../chat/message.ts';
import type { Config } from '../config/schema.ts';
import { OstlerError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { CODE_LIVES_MS, createPairing, isCode, type Pending } from './pairing.ts';
import type { Caller, Known } from './presence.ts';
import { createRegistry } from './registry.ts';
import { isBotAdmin, type Role } from './role.ts';
import { namesSomebody, roleOf, standingIn } from './standing.ts';

/** Who may not be let in by themselves is told so once in this time. */
const TOLD_FOR_MS = 30 * 86_400_000;
/** A platform, if it is named, and an id. */
const WHO = /^(?:([^:]*):)?(.*)$/s;
/** Ids of people; other platforms may have others than numbers. */
const IDS: Readonly<Record<string, RegExp>> = {
  telegram: /^[1-9]\d{0,15}$/,
  discord: /^\d{15,20}$/,
};
const ANY_ID = /^[\w-]{1,64}$/;

type Needs = {
  readonly store: Store;
  readonly clock: Clock;
  readonly access: () => Config['access'];
  /** The names of all platforms, whether they are on or off. */
  readonly platforms: readonly string[];
  /** Tells somebody who was let in. Never throws. */
  readonly welcome: (address: Address) => Promise<void>;
};

export type People = Pick<Front, 'standingOf' | 'meet' | 'approve' | 'block'> & {
  /** Whether anybody can be served on a chat platform. */
  isAnybodyNamed(): Promise<boolean>;
};

/** Somebody whom a caller means, and where they wrote if they did. */
type Meant = { readonly platform: string; readonly id: string; readonly name?: string } & {
  readonly code?: string;
  readonly address?: Address;
};

export function createPeople({ store, clock, access, platforms, welcome }: Needs): People {
  const pairing = createPairing(store, clock);
  const registry = createRegistry(store);

  /** Whether it is the first time that they are told. */
  async function isNews(key: string, forMs: number): Promise<boolean> {
    if ((await store.get(key)) !== undefined) return false;
    await store.set(key, true, forMs);
    return true;
  }

  async function findMeant({ address }: Caller, who: string): Promise<Meant> {
    if (isCode(who)) {
      const pending = await pairing.find(who);
      if (!pending) throw nobody('Nobody has that code, or not any more.', 'A code is good for an hour.');
      return { platform: pending.address.platform, id: pending.person.id, ...metAs(pending) };
    }
    const [, platform = address.platform, id = ''] = WHO.exec(who) ?? [];
    const isKnown = platforms.includes(platform);
    if (!isKnown && (/^\d+$/.test(id) || who.includes(':'))) {
      const named = platforms.map((one) => `${one}:ID`).join(' or ');
      throw nobody('On which platform?', `Write it like ${named}.`);
    }
    if (!isKnown || !(IDS[platform] ?? ANY_ID).test(id)) {
      throw nobody(
        'That is no code, and no id of a person.',
        'A code has 8 letters and digits; ids are numbers.',
      );
    }
    const pending = await pairing.findPerson(platform, id);
    const { name } = (await registry.find(platform, id)) ?? {};
    return { platform, id, ...(name !== undefined && { name }), ...(pending && metAs(pending)) };
  }

  /** What somebody is now, to know who may change it. */
  async function roleNow({ platform, id }: Meant): Promise<Known['role'] | undefined> {
    const known = await registry.find(platform, id);
    if (known?.role === 'blocked') return 'blocked';
    return roleOf(access(), known, { address: { platform, chat: id }, person: { id } });
  }

  async function change(by: Caller, who: string, decide: (now: Known['role'] | undefined) => Known['role']) {
    if (!isBotAdmin(by.role)) throw forbidden('Only the owner and the admins of this bot may do that.');
    const meant = await findMeant(by, who);
    const now = await roleNow(meant);
    const role = decide(now);
    const isAboveUser = (one: typeof now) => one === 'owner' || one === 'admin';
    if (by.role !== 'owner' && (isAboveUser(now) || isAboveUser(role))) {
      throw forbidden('Only the owner decides about admins and owners.');
    }
    if (now === 'owner' && role !== 'owner' && !(await registry.hasOwnerBeside(meant.platform, meant.id))) {
      throw forbidden('That would leave the bot without an owner: make somebody else owner first.');
    }
    const { platform, id, name, code } = meant;
    const known: Known = { platform, id, role, ...(name !== undefined && { name }) };
    await registry.keep(known);
    if (code !== undefined) await pairing.drop(code);
    return { known, meant };
  }

  return {
    async standingOf(presence) {
      const { address, person } = presence;
      return standingIn(access(), await registry.find(address.platform, person.id), presence);
    },

    async meet({ address, person, kind }) {
      if (kind === 'group') return undefined;
      const id = `${address.platform}:${person.id}`;
      if (!access().pairing)
        return (await isNews(`people:told:${id}`, TOLD_FOR_MS)) ? namedOnly(id) : undefined;
      const code = await pairing.issue({ address, person });
      const isFirst = await isNews(`people:met:${code ?? 'late'}:${id}`, CODE_LIVES_MS);
      if (!isFirst) return undefined;
      return code === undefined ? tooMany(id) : codeWords(code);
    },

    async approve(by, who, role) {
      const isFirst = by.address.platform === 'terminal' && !(await registry.isOwned());
      const { known, meant } = await change(by, who, (now) => role ?? roleFor(now, isFirst));
      if (meant.address) await welcome(meant.address);
      return known;
    },

    async block(by, who) {
      const { known } = await change(by, who, () => 'blocked');
      return known;
    },

    isAnybodyNamed: async () => namesSomebody(access()) || (await registry.isOwned()),
  };
}

function metAs({ code, address, person: { name } }: Pending): Omit<Meant, 'platform' | 'id'> {
  return { code, address, ...(name !== undefined && { name }) };
}

/** The first whom the terminal lets in owns the bot. */
function roleFor(now: Known['role'] | undefined, isFirst: boolean): Role {
  if (isFirst) return 'owner';
  return now === undefined || now === 'blocked' ? 'user' : now;
}

function codeWords(code: string): string {
  return [
    'I answer only those whom my owner lets in.',
    `Your code is ${codeSpan(code)}, good for an hour. If I am yours, run ${codeSpan(`npx ostler approve ${code}`)} where I run; else give the code to my owner.`,
  ].join('\n\n');
}

function tooMany(id: string): string {
  return [
    'I answer only those whom my owner lets in, and too many ask for a code just now.',
    `Write again in an hour, or give my owner your id: ${codeSpan(id)}.`,
  ].join('\n\n');
}

function namedOnly(id: string): string {
  return [
    'I answer only those whom my owner has named.',
    `Your id is ${codeSpan(id)}: my owner can let you in with it.`,
  ].join('\n\n');
}

function nobody(message: string, hint: string): OstlerError {
  return new OstlerError(message, { code: 'bad_input', hint });
}

function forbidden(message: string): OstlerError {
  return new OstlerError(message, { code: 'forbidden' });
}
