import { expect, it } from 'vitest';
import { buttonsOf, telegramBot } from '../../servers/telegram-bot.ts';

const STRANGER = 66_666;
const REFUSAL = [
  'This bot answers only the people whom its owner has named.',
  `Your Telegram id is ${STRANGER}. Ask the owner to add it to access.telegram.users.`,
].join('\n\n');

/** A bot that Eve may not use. */
async function botWithStranger() {
  const bot = await telegramBot();
  const eve = bot.telegram.person({ name: 'Eve', id: STRANGER });
  const settled = () => bot.telegram.until(() => bot.telegram.unconfirmed().length === 0);
  /** Everything before it was handled once it is answered. */
  const passOn = async (text: string) => {
    bot.ada.send(bot.chat, text);
    await bot.answer(bot.chat, text);
    await settled();
  };
  return Object.assign(bot, { eve, settled, passOn });
}

it('a stranger is told their id once, and never gets an answer', async () => {
  const { telegram, eve, asked, passOn } = await botWithStranger();
  const chat = eve.directChat();
  eve.send(chat, 'Hello');
  await telegram.until(() => chat.fromBot().length === 1);
  expect(chat.fromBot()[0]?.text).toBe(REFUSAL);
  for (const text of ['Hello?', '/start', '/model']) eve.send(chat, text);
  eve.send(chat, '', { photo: new Uint8Array([1]) });
  eve.send(chat, '', { fields: { sticker: { file_id: 'x' } } });
  await passOn('Hello');
  expect(chat.fromBot()).toHaveLength(1);
  expect(asked()).toEqual(['Hello']);
});

it('a stranger who was told is not told again by a bot that was started anew, nor in a group', async () => {
  const { telegram, reopen, eve, ada, asked, passOn } = await botWithStranger();
  const chat = eve.directChat();
  eve.send(chat, '/start');
  await telegram.until(() => chat.fromBot().length === 1);
  await reopen();
  eve.send(chat, 'Hello');
  const group = telegram.supergroup({ title: 'All', members: [ada, eve] });
  eve.send(group, '@ostler_bot Hello');
  await passOn('Hello');
  expect(chat.fromBot()).toHaveLength(1);
  expect(group.fromBot()).toEqual([]);
  expect(asked()).toEqual(['Hello']);
});

it('a stranger in a group is told when they call the bot, and nobody else is disturbed', async () => {
  const { telegram, eve, ada, said, asked, settled } = await botWithStranger();
  const group = telegram.supergroup({ title: 'All', members: [ada, eve] });
  eve.send(group, 'Good morning');
  const call = eve.send(group, '@ostler_bot Hello');
  const refusal = await said(group, () => true);
  expect(refusal).toMatchObject({ text: REFUSAL, replyTo: call.id });
  eve.send(group, '@ostler_bot Hello?');
  ada.send(group, '@ostler_bot And I?');
  await said(group, ({ text }) => text.includes('🏠'));
  await settled();
  expect(group.fromBot()).toHaveLength(2);
  expect(asked()).toEqual(['Ada: And I?']);
});

it("a stranger's press does nothing", async () => {
  const { telegram, ollama, eve, ada, said } = await botWithStranger();
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

it('who was named since is answered', async () => {
  const { telegram, reopen, eve, answer } = await botWithStranger();
  const chat = eve.directChat();
  eve.send(chat, 'Hello');
  await telegram.until(() => chat.fromBot().length === 1);
  await reopen({ access: { telegram: { users: [STRANGER] } } });
  eve.send(chat, 'Hello again');
  await answer(chat, 'Hello again');
});

it('who is named while the bot runs is answered from then on, and who is no longer named is not', async () => {
  const { telegram, ostler, eve, ada, chat, answer, said, asked, settled } = await botWithStranger();
  const theirs = eve.directChat();
  eve.send(theirs, 'Hello');
  await telegram.until(() => theirs.fromBot().length === 1);
  ostler.reload({ ...ostler.config, access: { telegram: { users: [STRANGER] } } });
  ada.send(chat, 'And I?');
  expect(await said(chat, () => true)).toMatchObject({ text: expect.stringContaining('only the people') });
  eve.send(theirs, 'Hello again');
  await answer(theirs, 'Hello again');
  await settled();
  expect(asked()).toEqual(['Hello again']);
});
