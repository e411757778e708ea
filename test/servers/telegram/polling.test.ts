import { Bot, HttpError } from 'grammy';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openTelegram, refusal, signalOf } from './open-telegram.ts';

const asValue = (error: unknown) => error;

describe('polling', () => {
  const ids = (updates: readonly { update_id: number }[]) => updates.map(({ update_id }) => update_id);

  test('updates come again until an offset confirms them', async () => {
    const { telegram, api } = await openTelegram();
    const ada = telegram.person({ name: 'Ada' });
    const chat = ada.directChat();
    for (const text of ['a', 'b', 'c']) ada.send(chat, text);
    const first = await api.getUpdates();
    const [one = 0, two = 0, three = 0] = ids(first);
    expect([two, three]).toEqual([one + 1, one + 2]);
    expect(await api.getUpdates()).toEqual(first);
    expect(ids(await api.getUpdates({ limit: 2 }))).toEqual([one, two]);
    const confirmed = telegram.when('confirmed');
    expect(ids(await api.getUpdates({ offset: two }))).toEqual([two, three]);
    expect(await confirmed).toMatchObject({ offset: two, count: 1 });
    expect(telegram.unconfirmed()).toHaveLength(2);
    expect(ids(await api.getUpdates({ offset: -1 }))).toEqual([three]);
    expect(ids(await api.getUpdates())).toEqual([three]);
    expect(await api.getUpdates({ offset: three + 1 })).toEqual([]);
    expect(telegram.unconfirmed()).toEqual([]);
  });

  test('a held poll answers as soon as an update comes, or when its time is over', async () => {
    const { telegram, api } = await openTelegram();
    const ada = telegram.person({ name: 'Ada' });
    const held = telegram.when('poll-held');
    const poll = api.getUpdates({ timeout: 50 });
    await held;
    expect(telegram.pollers()).toBe(1);
    ada.send(ada.directChat(), 'a');
    expect(telegram.pollers()).toBe(0);
    const [update] = await poll;
    expect(update?.message?.text).toBe('a');
    const ended = telegram.when('poll-ended');
    expect(await api.getUpdates({ offset: (update?.update_id ?? 0) + 1, timeout: 1 })).toEqual([]);
    expect(await ended).toMatchObject({ why: 'timeout', updates: 0 });
  });

  test('a second poll ends the first, and a client that leaves takes nothing along', async () => {
    const { telegram, api } = await openTelegram();
    const ada = telegram.person({ name: 'Ada' });
    let held = telegram.when('poll-held');
    const first = refusal(api.getUpdates({ timeout: 50 }));
    await held;
    held = telegram.when('poll-held');
    const leaving = new AbortController();
    const second = api.getUpdates({ timeout: 50 }, signalOf(leaving)).catch(asValue);
    expect(await first).toBe(
      'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    );
    await held;
    const ended = telegram.when('poll-ended');
    leaving.abort();
    expect(await ended).toMatchObject({ why: 'left' });
    expect(await second).toBeInstanceOf(HttpError);
    ada.send(ada.directChat(), 'a');
    expect(await api.getUpdates({ timeout: 50 })).toHaveLength(1);
  });

  test('kinds that must be asked for come only then, and the choice is kept', async () => {
    const { telegram, api } = await openTelegram();
    const ada = telegram.person({ name: 'Ada' });
    const message = ada.send(ada.directChat(), 'a');
    const kinds = async (options = {}) =>
      (await api.getUpdates(options)).map((update) => Object.keys(update).at(-1));
    ada.react(message, '👍');
    expect(await kinds({ allowed_updates: ['message_reaction', 'callback_query'] })).toEqual(['message']);
    ada.react(message, '👍');
    ada.send(ada.directChat(), 'b');
    expect(await kinds()).toEqual(['message', 'message_reaction']);
    await api.getUpdates({ allowed_updates: [] });
    ada.react(message, '👍');
    ada.edit(message, 'c');
    expect(await kinds()).toEqual(['message', 'message_reaction', 'edited_message']);
  });

  test('anything can be pushed, and is confirmed by what comes after it', async () => {
    const { telegram, api } = await openTelegram();
    const ada = telegram.person({ name: 'Ada' });
    ada.send(ada.directChat(), 'a');
    const [real] = await api.getUpdates();
    const junk = [null, 7, 'x', [], { update_id: 'x' }, { update_id: real?.update_id }];
    for (const one of junk) telegram.push(one);
    ada.send(ada.directChat(), 'b');
    const all: readonly unknown[] = await api.getUpdates();
    expect(all.slice(1, -1)).toEqual(junk);
    const last = all.at(-1) as { update_id: number };
    await api.getUpdates({ offset: last.update_id + 1 });
    expect(telegram.unconfirmed()).toEqual([]);
  });

  test('grammY runs on it', async () => {
    const { telegram } = await openTelegram();
    const ada = telegram.person({ name: 'Ada' });
    const chat = ada.directChat();
    const bot = new Bot(telegram.token, { client: { apiRoot: telegram.url } });
    bot.command('start', (context) => context.reply(`Hello ${context.match}`));
    const running = bot.start();
    onTestFinished(async () => {
      await bot.stop();
      await running;
    });
    const sent = telegram.when('sent', ({ by }) => by === 'bot');
    ada.send(chat, '/start Ada');
    expect((await sent).message.text).toBe('Hello Ada');
  });
});
