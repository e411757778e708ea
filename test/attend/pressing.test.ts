import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choiceId } from '../../src/chat/command.ts';
import { COMMANDS } from '../../src/chat/commands.ts';
import type { Front } from '../../src/chat/front.ts';
import { OstlerError } from '../../src/errors.ts';
import type { Standing } from '../../src/people/role.ts';
import {
  againButtonsFor,
  choiceButtons,
  endingButtons,
  stopButton,
  unloadButtons,
} from '../../src/reply/buttons.ts';
import { attending } from './happenings.ts';

const JOB = `j${'0'.repeat(31)}`;
const STALE = 'This button is of no use any more: what it was made for has changed.';
const FAST = choiceId('fast');
const FAILURE = { kind: 'failure', failure: { code: 'expired', message: 'Too late.' } } as const;

describe('a button', () => {
  it('asks again, once, and is gone then', async () => {
    const { does, deeds, asked, told, pressed } = attending({ standing: 'user' });
    await does(deeds.press(`a:${JOB}`));
    expect(asked).toMatchObject([{ again: { chat: 'c' }, job: JOB, id: '9.again', model: undefined }]);
    expect([told, pressed]).toEqual([['Asked again.'], ['dropped']]);
  });

  it('offers the models that may be asked instead, and asks one of them', async () => {
    const { does, deeds, asked, told, pressed } = attending({ standing: 'user' });
    await does(deeds.press(`w:${JOB}`));
    expect(told).toEqual(['Which model shall answer?']);
    expect(pressed).toEqual([
      [
        [{ text: 'fast', data: `o:${JOB}:${FAST}` }],
        [{ text: 'qwen2.5:7b', data: `o:${JOB}:${choiceId('qwen2.5:7b')}` }],
      ],
    ]);
    await does(deeds.press(`o:${JOB}:${FAST}`));
    expect(asked).toMatchObject([{ job: JOB, id: `9.again${FAST}`, model: 'fast' }]);
  });

  it('that was made before a restart says that it is stale where its model is gone', async () => {
    const { does, deeds, asked, told } = attending({ standing: 'user' });
    for (const data of [`o:${JOB}:${choiceId('gone')}`, `c:model:${choiceId('gone')}`, `c:gone:${FAST}`, 'x'])
      await does(deeds.press(data));
    expect(told).toHaveLength(4);
    for (const words of told) expect(words.startsWith(STALE)).toBe(true);
    expect(asked).toEqual([]);
  });

  it('in a group asks again only for who asked, and for admins', async () => {
    const askers: unknown[] = [];
    const again: Front['again'] = async (_address, _job, _id, _model, asker) => {
      askers.push(asker);
      if (asker !== undefined) throw new OstlerError('Only who asked may.', { code: 'forbidden' });
      return { kind: 'taken', job: JOB };
    };
    for (const who of [{ admin: true }, { standing: 'admin' as const }, {}]) {
      const { does, deeds, told } = attending({ standing: 'user', kind: 'group', ...who }, { again });
      await does(deeds.press(`a:${JOB}`));
      expect(told).toHaveLength(1);
    }
    expect(askers).toEqual([undefined, undefined, '1']);
  });

  it('answers whether a model may leave the memory', async () => {
    const { does, deeds, asked, told, house, pressed } = attending({ standing: 'user' });
    await does(deeds.press(`y:${JOB}:${FAST}`));
    await does(deeds.press(`r:${JOB}:${FAST}`));
    expect(asked).toEqual([
      { agree: JOB, choice: 'switch', question: FAST, asker: undefined },
      { agree: JOB, choice: 'resident', question: FAST, asker: undefined },
    ]);
    house.isAsked = false;
    await does(deeds.press(`y:${JOB}:${FAST}`));
    expect(told).toEqual([
      'Switching.',
      'The model that is in memory answers.',
      'That is not asked any more.',
    ]);
    // The message says by itself what follows.
    expect(pressed).toEqual([]);
  });

  it('in a group lets only who asked, and admins, answer that', async () => {
    const askers: unknown[] = [];
    const agree: Front['agree'] = async (_address, _job, _choice, asker) => {
      askers.push(asker);
      if (asker !== undefined) throw new OstlerError('Only who asked may.', { code: 'forbidden' });
      return true;
    };
    for (const who of [{ admin: true }, { standing: 'admin' as const }, {}]) {
      const { does, deeds, told } = attending({ standing: 'user', kind: 'group', ...who }, { agree });
      await does(deeds.press(`y:${JOB}:${FAST}`));
      expect(told).toEqual([askers.at(-1) === undefined ? 'Switching.' : 'Only who asked may.']);
    }
    expect(askers).toEqual([undefined, undefined, '1']);
  });

  it('that cancels a load leaves it to the load to say so', async () => {
    const { does, deeds, told, pressed, loading } = attending({ standing: 'user' });
    loading.push('1');
    await does(deeds.press(`c:stop:${choiceId('loads')}`));
    await does(deeds.press(`c:stop:${choiceId('loads')}`));
    expect([loading, pressed, told]).toEqual([[], [], ['', 'Nothing is being loaded here.']]);
  });

  it('of a question before a load puts the load in its place', async () => {
    const { does, deeds, pressed, asked } = attending({ standing: 'user' });
    await does(deeds.press(`c:load:${choiceId('fast now')}`));
    expect(asked).toEqual([{ load: 'fast', by: '1' }]);
    expect(pressed).toMatchObject([{ markdown: '`qwen2.5:7b` is loaded (12.0\u00a0s).' }]);
    await does(deeds.press(`c:load:${choiceId('keep')}`));
    expect(pressed.at(-1)).toEqual({ markdown: 'Everything stays as it is.' });
  });

  it('fits into 64 bytes, whatever models are called', () => {
    const choices = ['x'.repeat(200), '模型'.repeat(60)].map((value) => ({ value, label: value }));
    const commands = COMMANDS.flatMap(({ name }) => choiceButtons(name, choices));
    const all = [
      ...commands,
      ...againButtonsFor(JOB, choices),
      ...stopButton(JOB),
      ...unloadButtons(JOB, {
        id: FAST,
        unloads: [],
        needBytes: 0,
        aboutSeconds: 0,
        resident: 'x'.repeat(200),
      }),
      ...(endingButtons(JOB, FAILURE, true) ?? []),
    ];
    for (const { data } of all.flat()) expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
  });
});

const jobs = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 31, maxLength: 31 });
const names = fc.constantFrom(...COMMANDS.map(({ name }) => name), 'constructor', 'nothing');
const forged = fc.oneof(
  fc.string({ maxLength: 64 }),
  fc
    .tuple(fc.constantFrom('s', 'a', 'w', 'e', 'y', 'r', 'o', 'c'), fc.string())
    .map((parts) => parts.join(':')),
  fc.tuple(fc.constantFrom('s', 'a', 'w', 'e', 'y', 'r'), jobs).map(([action, job]) => `${action}:j${job}`),
  fc.tuple(fc.constantFrom('o', 'y', 'r'), jobs).map(([action, job]) => `${action}:j${job}:${FAST}`),
  names.map((name) => `c:${name}:${FAST}`),
);

describe('1,000 forged presses', () => {
  it.each(['stranger', 'outside', 'blocked'] as const)('have no effect: %s', async (standing: Standing) => {
    const { does, deeds, asked, received, pressed, told } = attending({ standing, kind: 'group' });
    await fc.assert(
      fc.asyncProperty(forged, async (data) => {
        await does(deeds.press(data));
      }),
      { numRuns: 1_000 },
    );
    expect([asked, received, pressed]).toEqual([[], [], []]);
    expect(new Set(told)).toEqual(new Set(['You are not served here.']));
  });

  it('of a member never do what only an admin may', async () => {
    const askers = new Set<unknown>();
    const again: Front['again'] = async (_address, _job, _id, _model, asker) => {
      askers.add(asker);
      return { kind: 'taken', job: JOB };
    };
    const { does, deeds, asked, chosenNow } = attending({ standing: 'user', kind: 'group' }, { again });
    await fc.assert(
      fc.asyncProperty(forged, async (data) => {
        await does(deeds.press(data));
      }),
      { numRuns: 1_000 },
    );
    expect(chosenNow()).toBeNull();
    expect([...askers]).toEqual(['1']);
    const stops = asked.filter((one) => 'stop' in one);
    expect(stops.length).toBeGreaterThan(0);
    for (const { which } of stops) expect(which.person).toBe('1');
    const agreed = asked.filter((one) => 'agree' in one);
    expect(agreed.length).toBeGreaterThan(0);
    for (const { asker } of agreed) expect(asker).toBe('1');
    expect(asked.filter((one) => !('stop' in one || 'agree' in one))).toEqual([]);
  });
});
