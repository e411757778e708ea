import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { TERMINAL } from '../../fakes/terminal.ts';
import { FIRST_GROUPS } from '../../servers/telegram/world.ts';
import { ADA, buttonsOf, telegramBot } from '../../servers/telegram-bot.ts';

const STRANGER = 66_666;
const ID_WORDS = [
  'I answer only those whom my owner has named.',
  `Your id is telegram:${STRANGER}: my owner can let you in with it.`,
].join('\n\n');

/** A bot that Eve may not use; Ada decides about others. */
async function botWithStranger(access: Record<string, unknown> = {}) {
  const given = { telegram: { admins: [ADA], groups: FIRST_GROUPS }, ...access };
  const bot = await telegramBot({ config: { access: given } });
  const eve = bot.telegram.person({ name: 'Eve', id: STRANGER });
  const theirs = eve.directChat();
  const settled = () => bot.telegram.until(() => bot.telegram.unconfirmed().length === 0);
  /** Everything before it was handled once it is answered. */
  const passOn = async (text: string) => {
    bot.ada.send(bot.chat, text);
    await bot.answer(bot.chat, text);
    await settled();
  };
  const code = async () => {
    const { text } = await bot.said(theirs, (message) => message.text.includes('Your code is'));
    return /Your code is (\w{8}),/.exec(text)?.[1] ?? text;
  };
  return Object.assign(bot, { eve, theirs, settled, passOn, code });
}

it('a stranger is given a code once, and never gets an answer', async () => {
  const { eve, theirs, asked, passOn, code } = await botWithStranger();
  eve.send(theirs, 'Hello');
  expect(await code()).toMatch(/^[A-Z2-9]{8}$/);
  for (const text of ['Hello?', '/start', '/model']) eve.send(theirs, text);
  eve.send(theirs, '', { photo: new Uint8Array([1]) });
  eve.send(theirs, '', { fields: { sticker: { file_id: 'x' } } });
  await passOn('Hello');
  expect(theirs.fromBot()).toHaveLength(1);
  expect(asked()).toEqual(['Hello']);
});

it('whom an admin approves is told, and answered from then on', async () => {
  const { ada, chat, eve, theirs, said, answer, code } = await botWithStranger();
  eve.send(theirs, 'Hello');
  ada.send(chat, `/approve ${(await code()).toLowerCase()}`);
  expect(await said(chat, () => true)).toMatchObject({
    text: `Eve (telegram:${STRANGER}) may use the bot now, as user.`,
  });
  await said(theirs, ({ text }) => text.startsWith('You may use this bot now'));
  eve.send(theirs, 'Hello again');
  await answer(theirs, 'Hello again');
  eve.send(theirs, '/approve telegram:1');
  await said(theirs, ({ text }) => text === 'Only the owner and the admins of this bot may do that.');
});

it('the first whom the terminal lets in is the owner, also after a restart', async () => {
  const { reopen, ostler, eve, theirs, said, code } = await botWithStranger({ telegram: {} });
  eve.send(theirs, 'Hello');
  await ostler.front.approve(TERMINAL, await code());
  await reopen();
  eve.send(theirs, `/approve telegram:${ADA} admin`);
  await said(theirs, ({ text }) => text === `telegram:${ADA} may use the bot now, as admin.`);
});

it('whom an admin blocks is not answered any more, and hears nothing of it', async () => {
  const { ada, chat, eve, theirs, said, answer, code, passOn, asked } = await botWithStranger();
  eve.send(theirs, 'Hello');
  ada.send(chat, `/approve ${await code()}`);
  await said(theirs, ({ text }) => text.startsWith('You may use this bot now'));
  eve.send(theirs, 'One');
  await answer(theirs, 'One');
  ada.send(chat, `/block ${STRANGER}`);
  await said(chat, ({ text }) => text === `Eve (telegram:${STRANGER}) is not answered any more.`);
  const before = theirs.fromBot().length;
  eve.send(theirs, 'Two');
  eve.send(theirs, '/help');
  await passOn('Hello');
  expect(theirs.fromBot()).toHaveLength(before);
  expect(asked()).not.toContain('Two');
});

it('without pairing a stranger is told their id once, also by a bot that was started anew', async () => {
  const { telegram, reopen, eve, theirs, asked, passOn } = await botWithStranger({ pairing: false });
  eve.send(theirs, '/start');
  await telegram.until(() => theirs.fromBot().length === 1);
  expect(theirs.fromBot()[0]?.text).toBe(ID_WORDS);
  await reopen();
  eve.send(theirs, 'Hello');
  await passOn('Hello');
  expect(theirs.fromBot()).toHaveLength(1);
  expect(asked()).toEqual(['Hello']);
});

it('everybody in a group that is named is answered; a group that is not hears nothing, whoever asks', async () => {
  const bot = await botWithStranger({
    telegram: { users: [STRANGER], admins: [ADA], groups: FIRST_GROUPS.filter((_, at) => at % 10 === 0) },
  });
  const { telegram, eve, ada, ben, said, asked, passOn } = bot;
  const named = telegram.supergroup({ title: 'All', members: [ada, ben] });
  const other = telegram.supergroup({ title: 'Others', members: [ada, ben, eve] });
  ben.send(named, '@ostler_bot Hello');
  await said(named, ({ text }) => text.includes('🏠'));
  for (const person of [ada, ben, eve]) person.send(other, '@ostler_bot And here?');
  ada.send(other, '/model@ostler_bot fast');
  await passOn('Hello');
  expect(other.fromBot()).toEqual([]);
  expect(asked()).toEqual(['Ben: Hello', 'Hello']);
});

it('a press of somebody who is blocked does nothing', async () => {
  const { telegram, ollama, chat, eve, ada, said } = await botWithStranger();
  ada.send(chat, `/block ${STRANGER}`);
  await said(chat, ({ text }) => text === `telegram:${STRANGER} is not answered any more.`);
  const group = telegram.supergroup({ title: 'All', members: [ada, eve] });
  const generation = ollama.hold({ at: 'generation', afterTokens: 10 });
  ada.send(group, '@ostler_bot A question that is long enough to be seen growing');
  await generation.reached;
  const growing = await said(group, (message) => buttonsOf(message).includes('⏹ Stop'));
  expect(await eve.press(group, growing, '⏹ Stop')).toMatchObject({ text: 'You are not served here.' });
  expect(ollama.running()).toBe(1);
  generation.release();
  await said(group, ({ text }) => text.includes('🏠'));
  expect(group.fromBot()).toHaveLength(1);
});

it('who is named while the bot runs is answered from then on, and who is no longer named is not', async () => {
  const { ostler, eve, theirs, ada, chat, answer, said, asked, settled, code } = await botWithStranger();
  eve.send(theirs, 'Hello');
  await code();
  const { access } = configSchema.parse({ access: { telegram: { users: [STRANGER] } } });
  ostler.reload({ ...ostler.config, access });
  ada.send(chat, 'And I?');
  expect(await said(chat, () => true)).toMatchObject({ text: expect.stringContaining('Your code is') });
  eve.send(theirs, 'Hello again');
  await answer(theirs, 'Hello again');
  await settled();
  expect(asked()).toEqual(['Hello again']);
});

it('what admins do is in the audit log, and no text of anybody', async () => {
  const { ostler, ada, chat, eve, theirs, said, answer, code } = await botWithStranger();
  eve.send(theirs, 'Something private');
  const theCode = await code();
  ada.send(chat, `/approve ${theCode}`);
  await said(theirs, ({ text }) => text.startsWith('You may use this bot now'));
  eve.send(theirs, '/block 1');
  eve.send(theirs, '/model gone:1b');
  eve.send(theirs, '/model qwen2.5:7b');
  eve.send(theirs, '/system Something private');
  eve.send(theirs, 'Something private');
  await answer(theirs, 'Something private');
  await ostler.close();
  const text = await readFile(join(ostler.config.data_dir, 'audit.jsonl'), 'utf8');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const admin = { platform: 'telegram', chat: String(ADA), person: String(ADA), name: 'Ada' };
  const user = { platform: 'telegram', chat: String(STRANGER), person: String(STRANGER), name: 'Eve' };
  const at = expect.any(String);
  // A load ends whenever it does.
  const [ends, deeds] = [true, false].map((isEnd) =>
    lines.filter(({ what }) => (what === 'load-end') === isEnd),
  );
  expect(ends).toEqual([{ at, ...user, what: 'load-end', on: 'qwen2.5:7b', outcome: 'done' }]);
  expect(deeds).toEqual([
    { at, ...admin, what: 'approve', on: theCode, outcome: 'done' },
    { at, ...user, what: 'block', on: '1', outcome: 'refused' },
    { at, ...user, what: 'model', on: 'gone:1b', outcome: 'not_installed' },
    { at, ...user, what: 'model', on: 'qwen2.5:7b', outcome: 'done' },
    { at, ...user, what: 'system', on: 'own', outcome: 'done' },
  ]);
  expect(text).not.toContain('private');
});

it('who sends too much is told once how long to wait', async () => {
  const limits = { per_person: { messages_per_minute: 3 } };
  const bot = await telegramBot({ config: { limits } });
  const { ada, ben, chat, said, answer, asked } = bot;
  for (const text of ['One', 'Two', 'Three', 'Four', 'Five', '/models']) ada.send(chat, text);
  await said(chat, ({ text }) => /^⚠️ That was a lot at once\. Please wait \d+\s(s|min)\.$/.test(text));
  ben.send(ben.directChat(), 'And I?');
  await answer(ben.directChat(), 'And I?');
  await answer(chat, 'Three');
  expect(asked().toSorted()).toEqual(['And I?', 'One', 'Three', 'Two']);
  expect(chat.fromBot()).toHaveLength(4);
});
