import { type Api, GrammyError } from 'grammy';
import { expect, test } from 'vitest';
import { openTelegram, refusal } from './open-telegram.ts';

async function openLimited() {
  let nowMs = 0;
  const opened = await openTelegram({ limits: 'real', now: () => nowMs });
  const ada = opened.telegram.person({ name: 'Ada' });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { ...opened, ada, pass };
}

async function sendTimes(api: Api, chat: number, times: number): Promise<void> {
  for (let sent = 0; sent < times; sent += 1) await api.sendMessage(chat, 'x');
}

test('a direct chat takes a burst of 5 sends and edits, then one each second', async () => {
  const { telegram, api, ada, pass } = await openLimited();
  const chat = ada.directChat();
  const { message_id } = await api.sendMessage(chat.id, 'x');
  await sendTimes(api, chat.id, 3);
  await api.editMessageText(chat.id, message_id, 'y');
  const refused = telegram.when('refused');
  const error = await api.sendMessage(chat.id, 'x').catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(GrammyError);
  expect(error).toMatchObject({
    error_code: 429,
    description: 'Too Many Requests: retry after 1',
    parameters: { retry_after: 1 },
  });
  expect(await refused).toMatchObject({ chat: chat.id, retryAfterSeconds: 1 });
  pass(999);
  expect(await refusal(api.editMessageText(chat.id, message_id, 'z'))).toBe(
    'Too Many Requests: retry after 1',
  );
  expect(chat.refusals()).toBe(2);
  pass(1);
  await api.sendMessage(chat.id, 'x');
  expect(chat.messages()).toHaveLength(5);
});

test('a group takes 20 in a minute, and requests in between prolong nothing', async () => {
  const { telegram, api, ada, pass } = await openLimited();
  const group = telegram.group({ title: 'G', members: [ada] });
  await sendTimes(api, group.id, 20);
  expect(await refusal(api.sendMessage(group.id, 'x'))).toBe('Too Many Requests: retry after 60');
  pass(40_000);
  expect(await refusal(api.sendMessage(group.id, 'x'))).toBe('Too Many Requests: retry after 20');
  pass(20_000);
  await sendTimes(api, group.id, 20);
});

test('all chats together take 30 in a second', async () => {
  const { telegram, api, pass } = await openLimited();
  const chats = Array.from(
    { length: 31 },
    (_, place) => telegram.person({ name: `P${place}` }).directChat().id,
  );
  for (const chat of chats.slice(0, 30)) await api.sendMessage(chat, 'x');
  expect(await refusal(api.sendMessage(chats[30] ?? 0, 'x'))).toBe('Too Many Requests: retry after 1');
  pass(1_000);
  await api.sendMessage(chats[30] ?? 0, 'x');
});

test('typing, answers to buttons, and what is refused before it is sent cost nothing', async () => {
  const { api, ada } = await openLimited();
  const { id } = ada.directChat();
  for (let time = 0; time < 10; time += 1) {
    await api.sendChatAction(id, 'typing');
    expect(await refusal(api.sendMessage(id, '<x>', { parse_mode: 'HTML' }))).toContain(
      "can't parse entities",
    );
  }
  await sendTimes(api, id, 5);
});

test('without limits nothing is refused', async () => {
  const { telegram, api } = await openTelegram();
  const chat = telegram.person({ name: 'Ada' }).directChat();
  await sendTimes(api, chat.id, 40);
  expect(chat.messages()).toHaveLength(40);
});
