import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Address } from '../../src/chat/message.ts';
import { configSchema } from '../../src/config/schema.ts';
import { createPeople } from '../../src/people/people.ts';
import type { Caller, Presence } from '../../src/people/presence.ts';
import type { Role } from '../../src/people/role.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakeStore } from '../fakes/store.ts';
import { TERMINAL } from '../fakes/terminal.ts';

const HOUR_MS = 3_600_000;
function by(role: Role, id = '1', platform = 'telegram'): Caller {
  return { address: { platform, chat: id }, person: { id }, role };
}

function somebody(id: string, platform = 'telegram'): Presence {
  const person = { id, name: `Person ${id}` };
  return { address: { platform, chat: id }, person, kind: 'direct', places: [], roles: [] };
}

/** The people of a bot whose time stands still. */
function registry(input: Record<string, unknown> = {}) {
  const { access } = configSchema.parse({ access: input });
  const clock = fakeClock();
  const store = fakeStore(clock);
  const welcomed: Address[] = [];
  const open = () =>
    createPeople({
      store,
      clock,
      access: () => access,
      platforms: ['telegram', 'discord'],
      welcome: async (address) => void welcomed.push(address),
    });
  const people = open();
  async function codeFor(id: string, platform?: string): Promise<string> {
    const words = (await people.meet(somebody(id, platform))) ?? '';
    return /`([A-Z2-9]{8})`/.exec(words)?.[1] ?? words;
  }
  const roleOf = (id: string, platform?: string) => people.standingOf(somebody(id, platform));
  return { people, clock, store, welcomed, open, codeFor, roleOf };
}

describe('somebody unknown', () => {
  it('gets a code of 8 characters once in an hour, and another one after it', async () => {
    const { people, clock, codeFor } = registry();
    const code = await codeFor('7');
    expect(code).toMatch(/^(?=.*[A-Z])[A-HJ-NP-Z2-9]{8}$/);
    expect(await people.meet(somebody('7'))).toBeUndefined();
    clock.advance(HOUR_MS - 1);
    expect(await people.meet(somebody('7'))).toBeUndefined();
    clock.advance(1);
    const next = await codeFor('7');
    expect(next).toMatch(/^[A-HJ-NP-Z2-9]{8}$/);
    expect(next).not.toBe(code);
  });

  it('gets none while three others have one on that platform, and is told so once', async () => {
    const { people, clock, codeFor } = registry();
    for (const id of ['1', '2', '3']) expect(await codeFor(id)).toMatch(/^\w{8}$/);
    expect(await codeFor('4')).toContain('too many ask for a code just now');
    expect(await people.meet(somebody('4'))).toBeUndefined();
    expect(await codeFor('4', 'discord')).toMatch(/^\w{8}$/);
    clock.advance(HOUR_MS);
    expect(await codeFor('4')).toMatch(/^\w{8}$/);
  });

  it('hears nothing in a group', async () => {
    const { people } = registry();
    expect(await people.meet({ ...somebody('7'), kind: 'group', places: ['-1'] })).toBeUndefined();
  });

  it('is told their id once where there is no pairing', async () => {
    const { people } = registry({ pairing: false });
    expect(await people.meet(somebody('7'))).toContain('`telegram:7`');
    expect(await people.meet(somebody('7'))).toBeUndefined();
  });
});

describe('a pairing code', () => {
  it('lets its person in, who is told; the first whom the terminal lets in owns the bot', async () => {
    const { people, welcomed, codeFor, roleOf } = registry();
    expect(await people.isAnybodyNamed()).toBe(false);
    const [first, second] = [await codeFor('7'), await codeFor('8')];
    expect(await roleOf('7')).toBe('stranger');
    expect(await people.approve(TERMINAL, first)).toEqual({
      platform: 'telegram',
      id: '7',
      name: 'Person 7',
      role: 'owner',
    });
    expect(await people.approve(TERMINAL, second.toLowerCase())).toMatchObject({ id: '8', role: 'user' });
    expect([await roleOf('7'), await roleOf('8')]).toEqual(['owner', 'user']);
    expect(welcomed).toEqual([
      { platform: 'telegram', chat: '7' },
      { platform: 'telegram', chat: '8' },
    ]);
    expect(await people.isAnybodyNamed()).toBe(true);
  });

  it('is good once, for an hour, also after a restart', async () => {
    const { people, clock, open, codeFor } = registry();
    const [one, two] = [await codeFor('7'), await codeFor('8')];
    await open().approve(TERMINAL, one);
    await expect(people.approve(TERMINAL, one)).rejects.toMatchObject({ code: 'bad_input' });
    clock.advance(HOUR_MS);
    await expect(people.approve(TERMINAL, two)).rejects.toMatchObject({
      message: 'Nobody has that code, or not any more.',
    });
  });

  it('of an admin makes a user, never an owner', async () => {
    const { people, codeFor } = registry({ telegram: { admins: [1] } });
    expect(await people.approve(by('admin'), await codeFor('7'))).toMatchObject({ role: 'user' });
    expect(await people.approve(TERMINAL, await codeFor('8'))).toMatchObject({ role: 'owner' });
  });

  it('cannot be guessed: 1,000 tries change nothing', async () => {
    const { people, codeFor, roleOf, welcomed } = registry();
    const code = await codeFor('7');
    const guesses = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.string({ unit: fc.constantFrom(...'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'), minLength: 8, maxLength: 8 }),
      fc.constant(code),
    );
    await fc.assert(
      fc.asyncProperty(guesses, fc.constantFrom('user', 'admin', 'owner', undefined), async (guess, role) => {
        await expect(people.approve(by('user', '9'), guess, role as Role)).rejects.toMatchObject({
          code: 'forbidden',
        });
      }),
      { numRuns: 1_000 },
    );
    expect([await roleOf('7'), await roleOf('9'), welcomed]).toEqual(['stranger', 'stranger', []]);
  });
});

describe('owner and admins', () => {
  it('let people in by their id, and block them', async () => {
    const { people, roleOf } = registry();
    await people.approve(by('admin'), '7');
    await people.approve(by('admin'), 'discord:100000000000000001');
    expect([await roleOf('7'), await roleOf('100000000000000001', 'discord')]).toEqual(['user', 'user']);
    await people.block(by('admin'), 'telegram:7');
    expect(await roleOf('7')).toBe('blocked');
    await people.approve(by('admin'), '7');
    expect(await roleOf('7')).toBe('user');
  });

  it('are named and changed by the owner alone', async () => {
    const { people, roleOf } = registry({ telegram: { admins: [2] } });
    await people.approve(TERMINAL, 'telegram:3', 'owner');
    for (const attempt of [
      people.approve(by('admin'), '7', 'admin'),
      people.approve(by('admin'), '7', 'owner'),
      people.approve(by('admin'), '3', 'user'),
      people.block(by('admin'), '3'),
      people.block(by('admin'), '2'),
      people.block(by('user'), '7'),
    ]) {
      await expect(attempt).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect([await roleOf('2'), await roleOf('3'), await roleOf('7')]).toEqual(['admin', 'owner', 'stranger']);
    await people.approve(by('owner', '3'), '7', 'admin');
    await people.block(by('owner', '3'), '2');
    expect([await roleOf('2'), await roleOf('7')]).toEqual(['blocked', 'admin']);
  });

  it('are not asked to be somebody else when they let them in again', async () => {
    const { people } = registry();
    await people.approve(TERMINAL, 'telegram:3');
    await people.approve(TERMINAL, 'telegram:4', 'admin');
    expect(await people.approve(TERMINAL, 'telegram:4')).toMatchObject({ role: 'admin' });
  });
});

describe('nobody is locked out', () => {
  it('by a mistyped code, or the id of a group', async () => {
    const { people, roleOf } = registry();
    for (const who of ['ABCD234', 'ABCD2340', 'xyz', '-100123', '0'])
      await expect(people.approve(by('admin'), who)).rejects.toMatchObject({
        message: 'That is no code, and no id of a person.',
      });
    await expect(people.approve(TERMINAL, '50001')).rejects.toMatchObject({ message: 'On which platform?' });
    expect(await roleOf('ABCD234')).toBe('stranger');
  });

  it('by themselves: the last owner stays', async () => {
    const { people, roleOf } = registry();
    await people.approve(TERMINAL, 'telegram:3');
    for (const attempt of [
      people.block(by('owner', '3'), '3'),
      people.approve(by('owner', '3'), '3', 'user'),
      people.block(TERMINAL, 'telegram:3'),
    ]) {
      await expect(attempt).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('without an owner'),
      });
    }
    await people.approve(TERMINAL, 'telegram:4', 'owner');
    await people.block(by('owner', '4'), '3');
    expect([await roleOf('3'), await roleOf('4')]).toEqual(['blocked', 'owner']);
  });
});

it('who has a code and is let in by their id is told, too, and the code is of no use any more', async () => {
  const { people, welcomed, codeFor } = registry({ telegram: { admins: [1] } });
  const code = await codeFor('7');
  expect(await people.approve(by('admin'), '7')).toMatchObject({ name: 'Person 7', role: 'user' });
  expect(welcomed).toEqual([{ platform: 'telegram', chat: '7' }]);
  await expect(people.approve(by('admin'), code)).rejects.toMatchObject({ code: 'bad_input' });
});

it.each([
  '',
  ' ',
  'x:y',
  'telegram:',
  'telegram:a b',
  '../../etc',
  '`x`',
  'telegram:1:2',
  `telegram:${'1'.repeat(65)}`,
])('nobody is meant by %j', async (who) => {
  const { people } = registry();
  await expect(people.approve(TERMINAL, who)).rejects.toMatchObject({ code: 'bad_input' });
});
