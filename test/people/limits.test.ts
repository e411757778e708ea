import { describe, expect, it } from 'vitest';
import { memoryRates } from '../../adapters/memory/rates.ts';
import { configSchema } from '../../src/config/schema.ts';
import { createLimits } from '../../src/people/limits.ts';
import { jobOf } from '../fakes/job.ts';

const ADA = { address: { platform: 'telegram', chat: '1' }, person: { id: '1' } };
const BEN = { address: { platform: 'telegram', chat: '2' }, person: { id: '2' } };
const HERE = { address: { platform: 'telegram', chat: '-9' }, person: { id: '1' } };
const TERMINAL = { address: { platform: 'terminal', chat: '1' }, person: { id: '1' } };
const ON_DISCORD = { address: { platform: 'discord', chat: '1' }, person: { id: '1' } };

function limits(input: Record<string, unknown>, open = [jobOf(1)]) {
  const settings = { ...configSchema.parse({ limits: input }).limits };
  const made = createLimits({ rates: memoryRates(), settings: () => settings, openJobs: () => open });
  return { ...made, settings, open };
}

const refusal = (attempt: Promise<void>) =>
  attempt.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('messages of one person', () => {
  it('are taken up to the limit of a minute; then they are told how long to wait, once', async () => {
    const { admit } = limits({ per_person: { messages_per_minute: 2 } });
    await admit(ADA);
    await admit(ADA);
    expect(await refusal(admit(ADA))).toMatchObject({
      code: 'limited',
      message: expect.stringMatching(/^That was a lot at once\. Please wait \d+\s(s|min)\.$/),
      quiet: false,
    });
    expect(await refusal(admit(ADA))).toMatchObject({ code: 'limited', quiet: true });
  });

  it('count wherever they write, and for nobody else', async () => {
    const { admit } = limits({ per_person: { messages_per_minute: 1 } });
    await admit(ADA);
    expect(await refusal(admit(HERE))).toMatchObject({ code: 'limited' });
    for (const other of [BEN, ON_DISCORD]) await admit(other);
  });

  it('count with those of others in their chat', async () => {
    const { admit } = limits({ per_chat: { messages_per_minute: 1 } });
    await admit(HERE);
    const error = await refusal(admit({ ...HERE, person: { id: '3' } }));
    expect(error).toMatchObject({ message: expect.stringContaining('for one chat') });
  });

  it('that were refused are no part of what was taken', async () => {
    const { admit, settings } = limits({
      per_person: { messages_per_minute: 3 },
      per_chat: { messages_per_minute: 1 },
    });
    await admit(ADA);
    for (let at = 0; at < 5; at += 1) expect(await refusal(admit(ADA))).toBeDefined();
    settings.per_chat = { ...settings.per_chat, messages_per_minute: null };
    await admit(ADA);
    await admit(ADA);
    expect(await refusal(admit(ADA))).toBeDefined();
  });

  it('are not limited in the terminal, nor where there is no limit', async () => {
    const { admit } = limits({
      per_person: { messages_per_minute: 1 },
      per_chat: { messages_per_minute: null },
    });
    for (let at = 0; at < 3; at += 1) await admit(TERMINAL);
    const none = limits({ per_person: { messages_per_minute: null } });
    for (let at = 0; at < 50; at += 1) await none.admit(ADA);
  });
});

describe('questions', () => {
  it('that wait are limited for a person and for a chat', async () => {
    const open = [1, 2].map((seq) => jobOf(seq));
    const mine = { address: { platform: 'web', chat: 'two' }, person: { id: 'tester' } };
    const theirs = { address: { platform: 'web', chat: 'one' }, person: { id: 'other' } };
    const person = limits({ per_person: { concurrent_jobs: 2 } }, open);
    expect(await refusal(person.admitQuestion(mine))).toMatchObject({
      code: 'limited',
      message: 'So many of your questions wait already. Please wait until one of them is answered.',
    });
    await person.admitQuestion(theirs);
    const chat = limits({ per_chat: { concurrent_jobs: 2 } }, open);
    expect(await refusal(chat.admitQuestion(theirs))).toMatchObject({ code: 'limited' });
    await chat.admitQuestion(mine);
    open.pop();
    await person.admitQuestion(mine);
    await chat.admitQuestion(theirs);
  });

  it('are taken until the tokens of a day are used up', async () => {
    const { admitQuestion, used } = limits({ per_person: { tokens_per_day: 1_000 } });
    await used(ADA, 999);
    await admitQuestion(ADA);
    await used(ADA, 1);
    expect(await refusal(admitQuestion(ADA))).toMatchObject({
      message: expect.stringMatching(
        /^You have used up your tokens of a day\. Please wait (24\sh|23\sh \d+\smin)\.$/,
      ),
    });
    await admitQuestion(BEN);
  });
});

it('choices of another model have a limit of their own', async () => {
  const { admit, admitSwitch } = limits({ per_person: { switches_per_minute: 2 } });
  await admitSwitch(ADA);
  await admitSwitch(ADA);
  expect(await refusal(admitSwitch(ADA))).toMatchObject({
    code: 'limited',
    message: expect.stringContaining('You chose another model very often.'),
  });
  await admit(ADA);
});
