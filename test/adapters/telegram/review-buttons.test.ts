import { expect, it } from 'vitest';
import { CATALOGUE } from '../../../demo/ollama/models.ts';
import { jobIdOf } from '../../../src/chat/message.ts';
import type { Chat } from '../../servers/telegram/chat.ts';
import { buttonsOf, telegramBot, turnsOf } from '../../servers/telegram-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const CAT = new Uint8Array([0xff, 0xd8, 0xff, 1, 2, 3, 0xd9]);
const RETRY = '↻ Retry';

const canRetry = (message: Parameters<typeof buttonsOf>[0]) => buttonsOf(message).includes(RETRY);
const jobOf = (chat: Chat, { id }: { readonly id: number }) =>
  jobIdOf({
    id: String(id),
    address: { platform: 'telegram', chat: String(chat.id) },
    person: { id: '' },
    kind: 'direct',
    text: '',
    images: [],
    sentAt: 0,
  });

it('Retry asks with the picture, also where it was never fetched', async () => {
  const { passUntil, telegram, ollama, ada, chat, said } = await hurriedBot({
    ollama: { models: CATALOGUE },
  });
  const comeBack = telegram.fault({ method: 'getFile', kind: 'not-json', times: 99 });
  ada.send(chat, 'What is this?', { photo: CAT });
  await passUntil(() => chat.fromBot().some(canRetry));
  comeBack();
  void ada.press(chat, await said(chat, canRetry), RETRY);
  await passUntil(() => turnsOf(ollama).length > 0);
  expect(turnsOf(ollama)[0]?.at(-1)?.images).toEqual([Buffer.from(CAT).toString('base64')]);
});

it('Retry of a picture that no model can see is no question without it', async () => {
  const { telegram, ollama, ada, chat, said } = await telegramBot();
  ada.send(chat, 'What is this?', { photo: CAT });
  void ada.press(chat, await said(chat, canRetry), RETRY);
  await telegram.until(() => chat.fromBot().length === 2);
  expect(chat.fromBot()[1]?.text).toContain('None of the installed models can look at pictures.');
  expect(turnsOf(ollama)).toEqual([]);
});

it('a forged button reaches no edited question of another chat', async () => {
  const { telegram, ollama, ada, ben, chat, answer, said } = await telegramBot();
  const question = ada.send(chat, 'Hello');
  await answer(chat, 'Hello');
  ada.edit(question, 'Hello again');
  await said(chat, (message) => buttonsOf(message).includes('↻ Answer the edited question'));
  const other = ben.directChat();
  ben.send(other, 'Hi');
  const { wire } = await answer(other, 'Hi');
  const data = `e:${jobOf(chat, question)}`;
  const answered = telegram.when('answer', ({ request }) => request.method === 'answerCallbackQuery');
  telegram.push({
    update_id: 999_999,
    callback_query: { id: '1', from: ben.user, message: wire, chat_instance: '1', data },
  });
  const { request } = await answered;
  expect(request.parameters.text).toMatch(/^This button is of no use any more/);
  expect(turnsOf(ollama)).toHaveLength(2);
});

it("an admin's choice of models stays where another member presses it", async () => {
  const { telegram, ada, ben, said } = await telegramBot();
  const group = telegram.group({ title: 'Readers', members: [ben], admins: [ada] });
  ada.send(group, '/model');
  const offered = await said(group, (message) => buttonsOf(message).length > 1);
  expect(await ben.press(group, offered, 1)).toMatchObject({
    text: 'Only the admins of this chat may do that.',
  });
  expect(await ada.press(group, offered, 1)).toMatchObject({ text: expect.stringMatching(/^From now on/) });
  await telegram.until(() => group.message(offered.id)?.text.startsWith('From now on') === true);
  expect(telegram.requests({ method: 'editMessageText' })).toHaveLength(1);
});
