import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/chat/commands.ts';
import type { Exchange } from '../../src/chat/exchange.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Known } from '../../src/people/presence.ts';
import type { Standing } from '../../src/people/role.ts';
import { standingIn } from '../../src/people/standing.ts';
import { attending } from './happenings.ts';

const GROUP = '-100';
const { access } = configSchema.parse({
  access: { telegram: { users: [1], admins: [2], groups: [Number(GROUP)] } },
});

type Person = { readonly id: string; readonly known?: Known['role']; readonly admin?: boolean };

const PEOPLE = {
  stranger: { id: '9' },
  blocked: { id: '1', known: 'blocked' },
  user: { id: '1' },
  'admin of the group': { id: '9', admin: true },
  'admin of the bot': { id: '2' },
  owner: { id: '8', known: 'owner' },
} as const satisfies Record<string, Person>;

const PLACES = { direct: [], 'a group that is served': [GROUP], 'another group': ['-200'] } as const;

type Who = keyof typeof PEOPLE;
type Where = keyof typeof PLACES;

/** What is written after a command so that it does something. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  model: 'fast',
  system: 'Be brief',
  route: 'Why?',
  load: 'fast',
  unload: 'fast',
  pin: 'fast',
  pull: 'mistral:7b',
  approve: 'ABCD2345',
  block: '7',
};

const FOR_BOT_ADMINS = ['unload', 'pin', 'pull', 'approve', 'block', 'reload'];

const ANSWERED: Exchange & { readonly job: string } = {
  kind: 'exchange',
  job: 'j',
  question: { text: 'Why?', images: [], person: { id: 'somebody else' }, sentAt: 0, standalone: false },
  outcome: { kind: 'failure', failure: { code: 'expired', message: 'Too late.' } },
  takenAt: 0,
  at: 0,
};

/** What comes of a command: nothing at all, a refusal, or what it is there for. */
type Reached = 'nothing' | 'refused' | 'done';

async function give(who: Who, where: Where, command: string, groupsAreOpen = false) {
  const { id, known, admin = false }: Person = PEOPLE[who];
  const kind = where === 'direct' ? 'direct' : 'group';
  const presence = {
    address: { platform: 'telegram', chat: 'c' },
    person: { id },
    kind,
    places: PLACES[where],
    roles: [],
  } as const;
  const is = known && { platform: 'telegram', id, role: known };
  const standing: Standing = standingIn(access, is, presence);
  const scene = attending({ standing, kind, person: { id }, admin });
  scene.house.groupsAreOpen = groupsAreOpen;
  scene.house.exchanges.push(ANSWERED);
  if (command === 'stop') scene.running.push('somebody else');
  await scene.does(scene.deeds.command(command, ARGUMENTS[command] ?? ''));
  const words = [
    ...scene.said.map(({ markdown }) => markdown),
    ...scene.failures.map(({ message }) => message),
  ];
  const reached: Reached =
    scene.refusals.length > 0
      ? 'nothing'
      : words.some((text) => text.startsWith('Only '))
        ? 'refused'
        : 'done';
  const { asked, running, chosenNow } = scene;
  return { asked, running, chosenNow, reached };
}

/** As the decisions say it, not as the code does. */
function mayReach(who: Who, where: Where, command: string): Reached {
  if (who === 'blocked' || where === 'another group') return 'nothing';
  const decides = who === 'admin of the bot' || who === 'owner';
  if (where === 'direct' && (who === 'stranger' || who === 'admin of the group')) return 'nothing';
  if (FOR_BOT_ADMINS.includes(command)) return decides ? 'done' : 'refused';
  // The last question here is somebody else's.
  const isForSome = ['new', 'forget', 'model', 'load', 'system', 'retry'].includes(command);
  if (where === 'direct' || !isForSome || decides || who === 'admin of the group') return 'done';
  return 'refused';
}

const rows = (Object.keys(PEOPLE) as Who[]).flatMap((who) =>
  (Object.keys(PLACES) as Where[]).flatMap((where) =>
    COMMANDS.map(({ name }) => ({ who, where, name, is: mayReach(who, where, name) })),
  ),
);

describe('nobody reaches what they may not', () => {
  it.each(rows)('$who, $where, /$name: $is', async ({ who, where, name, is }) => {
    const { reached, asked, chosenNow } = await give(who, where, name);
    expect(reached).toBe(is);
    if (is === 'done') return;
    expect(asked).toEqual([]);
    expect(chosenNow()).toBeNull();
  });

  it.each(['stranger', 'user'] as const)('a %s in a group stops only what they asked', async (who) => {
    const { asked, running } = await give(who, 'a group that is served', 'stop');
    expect(asked).toMatchObject([{ which: { person: PEOPLE[who].id } }]);
    expect(running).toEqual(['somebody else']);
  });

  it.each(['admin of the group', 'admin of the bot', 'owner'] as const)('the %s stops all', async (who) => {
    const { running } = await give(who, 'a group that is served', 'stop');
    expect(running).toEqual([]);
  });

  it('a group may be open: everybody in it changes it then, but nobody else removes what was said', async () => {
    const open = (name: string) => give('stranger', 'a group that is served', name, true);
    for (const name of ['new', 'model', 'load', 'system']) expect((await open(name)).reached).toBe('done');
    for (const name of ['forget', ...FOR_BOT_ADMINS]) expect((await open(name)).reached).toBe('refused');
  });
});
