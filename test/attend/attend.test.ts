import { describe, expect, it } from 'vitest';
import { OstlerError } from '../../src/errors.ts';
import type { Standing } from '../../src/people/role.ts';
import { attending } from './happenings.ts';

const SERVED: readonly Standing[] = ['owner', 'admin', 'user'];
const NOT_SERVED: readonly Standing[] = ['stranger', 'outside', 'blocked'];

describe('whoever is served', () => {
  it.each(SERVED)('is answered: %s', async (standing) => {
    const { does, deeds, received, refusals } = attending({ standing });
    expect(await does(deeds.asked)).toBeUndefined();
    expect(received).toHaveLength(1);
    expect(refusals).toEqual([]);
  });

  it('may edit, give commands, press and stop', async () => {
    const { does, deeds, received, said, told, asked } = attending({ standing: 'user' });
    expect(await does(deeds.edited)).toMatchObject({ fields: { revision: 'same' } });
    expect(await does(deeds.command('model', 'fast'))).toMatchObject({ fields: { command: 'model' } });
    expect(await does(deeds.press(`s:j${'0'.repeat(31)}`))).toMatchObject({ what: 'a button was pressed' });
    await does(deeds.stopped);
    expect(received).toHaveLength(1);
    expect(said.map(({ markdown }) => markdown)).toEqual([expect.stringContaining('qwen2.5:7b')]);
    expect(told).toEqual(['That has ended already.']);
    expect(asked.filter((one) => 'stop' in one)).toHaveLength(2);
  });

  it('is told what cannot be read, and which command was probably meant', async () => {
    const { does, deeds, said } = attending({ standing: 'user' });
    await does(deeds.unreadable);
    await does(deeds.command('modls'));
    expect(said.map(({ markdown }) => markdown)).toEqual([
      'I can read text and pictures, not a sticker.',
      'I do not know that command. Did you mean /models? /help lists those that I know.',
    ]);
  });

  it('hears nothing of a command in a group that may be meant for another bot', async () => {
    const { does, deeds, said, failures } = attending({ standing: 'user', kind: 'group' });
    await does(deeds.command('modls'));
    expect([...said, ...failures]).toEqual([]);
  });
});

describe('whoever is not served', () => {
  it.each(NOT_SERVED)('has no effect, whatever they do: %s', async (standing) => {
    const { does, deeds, received, asked, said, failures, told } = attending({ standing, kind: 'group' });
    const all = [
      deeds.asked,
      deeds.edited,
      deeds.stopped,
      deeds.unreadable,
      deeds.command('model', 'fast'),
      deeds.command('approve', 'ABCD2345'),
      deeds.press(`s:j${'0'.repeat(31)}`),
    ];
    for (const did of all) await does(did);
    expect([received, asked, said, failures]).toEqual([[], [], [], []]);
    expect(told).toEqual(['You are not served here.']);
  });

  it('is given a code where nobody knows them, and nothing where they are blocked or the place is not served', async () => {
    for (const standing of NOT_SERVED) {
      const { does, deeds, refusals } = attending({ standing });
      await does(deeds.stopped);
      expect(refusals.splice(0)).toEqual([undefined]);
      await does(deeds.asked);
      expect(refusals).toEqual([standing === 'stranger' ? 'Your code is ABCD2345.' : undefined]);
    }
  });
});

describe('what comes again', () => {
  it('changes nothing, and is told once', async () => {
    const { does, deeds, asked, said } = attending({ standing: 'user' });
    expect(await does(deeds.command('new'), 'h')).toBeDefined();
    expect(await does(deeds.command('new'), 'h')).toBeUndefined();
    expect(asked).toHaveLength(1);
    expect(said).toHaveLength(1);
  });

  it('is done the next time where it could not be kept', async () => {
    let full = true;
    const startNew = async () => {
      if (full) throw new OstlerError('The disk is full.', { code: 'storage' });
    };
    const { does, deeds, said, failures } = attending({ standing: 'user' }, { startNew });
    await expect(does(deeds.command('new'), 'h')).rejects.toMatchObject({ code: 'storage' });
    full = false;
    await does(deeds.command('new'), 'h');
    expect(failures).toEqual([]);
    expect(said).toHaveLength(1);
  });

  it('a question that cannot be taken now must come again', async () => {
    for (const code of ['storage', 'stopping'] as const) {
      const failure = { code, message: 'Not now.' };
      const { does, deeds, failures } = attending(
        { standing: 'user' },
        { receive: async () => ({ kind: 'refused', failure }) },
      );
      await expect(does(deeds.asked)).rejects.toMatchObject({ code, retryable: true });
      expect(failures).toEqual([]);
    }
  });
});

it('a refusal is told', async () => {
  const failure = { code: 'limited', message: 'Please wait 23 s.', quiet: true } as const;
  const { does, deeds, failures } = attending(
    { standing: 'user' },
    { receive: async () => ({ kind: 'refused', failure }) },
  );
  expect(await does(deeds.asked)).toMatchObject({ fields: { code: 'limited' } });
  expect(failures).toEqual([failure]);
});
