import { GrammyError, HttpError } from 'grammy';
import { describe, expect, test } from 'vitest';
import { openTelegram, signalOf } from './open-telegram.ts';

const asValue = (error: unknown) => error;

describe('faults', () => {
  const open = async () => {
    const { telegram, api } = await openTelegram();
    const chat = telegram.person({ name: 'Ada' }).directChat();
    const send = () => api.sendMessage(chat.id, 'x').catch(asValue);
    return { telegram, api, chat, send };
  };

  test.each([
    ['drop-before', 0],
    ['drop-after', 1],
    ['not-json', 0],
  ] as const)('%s: no answer arrives, and %i messages', async (kind, messages) => {
    const { telegram, chat, send } = await open();
    telegram.fault({ method: 'sendmessage', chat: chat.id, kind });
    expect(await send()).toBeInstanceOf(HttpError);
    expect(chat.messages()).toHaveLength(messages);
    expect(telegram.pendingFaults()).toEqual([]);
    await send();
    expect(chat.messages()).toHaveLength(messages + 1);
  });

  test('half-answer: it is done, and half of the answer arrives', async () => {
    const { telegram, chat } = await open();
    telegram.fault({ kind: 'half-answer' });
    const url = `${telegram.url}/bot${telegram.token}/sendMessage?chat_id=${chat.id}&text=x`;
    const ended = telegram.when('answer');
    const response = await fetch(url);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
    expect((await ended).request.status).toBe(499);
    expect(chat.messages()).toHaveLength(1);
  });

  test('an error of any kind, as often as wanted, and only where it fits', async () => {
    const { telegram, api, chat, send } = await open();
    const parameters = { retry_after: 3 };
    const kind = { status: 429, description: 'Too Many Requests: retry after 3', parameters };
    const takeBack = telegram.fault({ method: 'sendMessage', kind, times: 3 });
    await api.getMe();
    for (let time = 0; time < 2; time += 1) {
      expect(await send()).toBeInstanceOf(GrammyError);
    }
    takeBack();
    await send();
    expect(chat.messages()).toHaveLength(1);
    expect(telegram.requests({ method: 'sendMessage' }).map(({ status }) => status)).toEqual([429, 429, 200]);
  });

  test('a request that hangs ends with its client', async () => {
    const { telegram, api, chat } = await open();
    telegram.fault({ kind: 'hang' });
    const leaving = new AbortController();
    const arrived = telegram.when('request');
    const call = api.sendMessage(chat.id, 'x', {}, signalOf(leaving)).catch(asValue);
    await arrived;
    const ended = telegram.when('answer');
    leaving.abort();
    expect((await ended).request.status).toBe(499);
    expect(await call).toBeInstanceOf(HttpError);
    expect(chat.messages()).toEqual([]);
  });

  test('it goes away and comes back with all it had', async () => {
    const { telegram, api, chat, send } = await open();
    await send();
    const held = telegram.when('poll-held');
    const poll = api.getUpdates({ timeout: 50 }).catch(asValue);
    await held;
    await telegram.goAway();
    expect(await poll).toBeInstanceOf(HttpError);
    expect(await send()).toBeInstanceOf(HttpError);
    expect(telegram.pollers()).toBe(0);
    await telegram.comeBack();
    await send();
    expect(chat.messages()).toHaveLength(2);
  });
});
