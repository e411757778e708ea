import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import type { Known, Presence } from '../../src/people/presence.ts';
import type { Standing } from '../../src/people/role.ts';
import { namesSomebody, standingIn } from '../../src/people/standing.ts';

const GUILD = '900000000000000001';
const OTHER_GUILD = '900000000000000002';
const CHANNEL = '900000000000000003';
const OTHER_CHANNEL = '900000000000000004';
const ROLE = '900000000000000005';

const { access } = configSchema.parse({
  access: {
    telegram: { users: [1], admins: [2], groups: [-100] },
    discord: {
      users: ['100000000000000001'],
      admins: ['100000000000000002'],
      guilds: [GUILD],
      channels: [CHANNEL],
      roles: [ROLE],
    },
  },
});

function presence(
  platform: string,
  id: string,
  places?: readonly string[],
  roles: readonly string[] = [],
): Presence {
  const kind = places === undefined ? 'direct' : 'group';
  return { address: { platform, chat: 'c' }, person: { id }, kind, places: places ?? [], roles };
}

const known = (platform: string, id: string, role: Known['role']): Known => ({ platform, id, role });

type Row = {
  readonly name: string;
  readonly presence: Presence;
  readonly known?: Known;
  readonly is: Standing;
};

const telegram = (id: string, ...places: readonly string[]) =>
  presence('telegram', id, places.length === 0 ? undefined : places);
const discord = (id: string, places?: readonly string[], roles?: readonly string[]) =>
  presence('discord', id, places, roles);

const ROWS: readonly Row[] = [
  { name: 'a named user, directly', presence: telegram('1'), is: 'user' },
  { name: 'a named admin, directly', presence: telegram('2'), is: 'admin' },
  { name: 'nobody, directly', presence: telegram('3'), is: 'stranger' },
  {
    name: 'who was let in, directly',
    presence: telegram('3'),
    known: known('telegram', '3', 'user'),
    is: 'user',
  },
  { name: 'the owner', presence: telegram('3'), known: known('telegram', '3', 'owner'), is: 'owner' },
  {
    name: 'a named user who was made admin',
    presence: telegram('1'),
    known: known('telegram', '1', 'admin'),
    is: 'admin',
  },
  {
    name: 'a named admin who was let in as user',
    presence: telegram('2'),
    known: known('telegram', '2', 'user'),
    is: 'admin',
  },
  {
    name: 'a named user who is blocked',
    presence: telegram('1'),
    known: known('telegram', '1', 'blocked'),
    is: 'blocked',
  },
  {
    name: 'a named admin who is blocked',
    presence: telegram('2'),
    known: known('telegram', '2', 'blocked'),
    is: 'blocked',
  },
  { name: 'anybody in a named group', presence: telegram('3', '-100'), is: 'user' },
  { name: 'an admin in a named group', presence: telegram('2', '-100'), is: 'admin' },
  {
    name: 'somebody blocked in a named group',
    presence: telegram('3', '-100'),
    known: known('telegram', '3', 'blocked'),
    is: 'blocked',
  },
  { name: 'a named user in another group', presence: telegram('1', '-101'), is: 'outside' },
  { name: 'an admin in another group', presence: telegram('2', '-101'), is: 'outside' },
  {
    name: 'the owner in another group',
    presence: telegram('3', '-101'),
    known: known('telegram', '3', 'owner'),
    is: 'outside',
  },
  { name: "Telegram's user on Discord", presence: discord('1'), is: 'stranger' },
  { name: 'a named user on Discord', presence: discord('100000000000000001'), is: 'user' },
  { name: 'a member with the role, directly', presence: discord('7'), is: 'stranger' },
  {
    name: 'a member with the role, in the channel',
    presence: discord('7', [GUILD, CHANNEL], [ROLE]),
    is: 'user',
  },
  {
    name: 'a member with the role, in a thread of the channel',
    presence: discord('7', [GUILD, '77', CHANNEL], [ROLE]),
    is: 'user',
  },
  { name: 'a member without the role', presence: discord('7', [GUILD, CHANNEL]), is: 'outside' },
  {
    name: 'a named user without the role',
    presence: discord('100000000000000001', [GUILD, CHANNEL]),
    is: 'outside',
  },
  {
    name: 'an admin without the role',
    presence: discord('100000000000000002', [GUILD, CHANNEL]),
    is: 'admin',
  },
  {
    name: 'an admin in another channel',
    presence: discord('100000000000000002', [GUILD, OTHER_CHANNEL], [ROLE]),
    is: 'outside',
  },
  {
    name: 'a member with the role in another server',
    presence: discord('7', [OTHER_GUILD, CHANNEL], [ROLE]),
    is: 'outside',
  },
  { name: 'whoever opens the page', presence: presence('web', 'web'), is: 'user' },
  { name: 'whoever reaches the control socket', presence: presence('terminal', 'terminal'), is: 'owner' },
  { name: 'anybody on a platform of its own', presence: presence('pigeon', '1'), is: 'stranger' },
  { name: 'a group on a platform of its own', presence: presence('pigeon', '1', ['-100']), is: 'outside' },
];

describe('standing', () => {
  it.each(ROWS)('$name: $is', ({ presence, known, is }) => {
    expect(standingIn(access, known, presence)).toBe(is);
  });

  it('on the page is what the configuration says', () => {
    const { access } = configSchema.parse({ access: { web: { role: 'admin' } } });
    expect(standingIn(access, undefined, presence('web', 'web'))).toBe('admin');
  });

  it('in a server is for all of its channels and members where no other are named', () => {
    const { access } = configSchema.parse({ access: { discord: { guilds: [GUILD] } } });
    expect(standingIn(access, undefined, discord('7', [GUILD, OTHER_CHANNEL]))).toBe('user');
    expect(standingIn(access, undefined, discord('7', [OTHER_GUILD]))).toBe('outside');
  });

  it('is closed by default', () => {
    const { access } = configSchema.parse({});
    for (const platform of ['telegram', 'discord']) {
      expect(standingIn(access, undefined, presence(platform, '1'))).toBe('stranger');
      expect(standingIn(access, undefined, presence(platform, '1', ['-100']))).toBe('outside');
    }
    expect(namesSomebody(access)).toBe(false);
  });
});

it.each([
  { telegram: { users: [1] } },
  { telegram: { groups: [-1] } },
  { discord: { admins: ['100000000000000001'] } },
])('somebody is named by %j', (input) => {
  expect(namesSomebody(configSchema.parse({ access: input }).access)).toBe(true);
});
