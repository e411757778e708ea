import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../demo/ollama/models.ts';
import type { ChatMessage } from '../../servers/telegram/message.ts';
import { buttonsOf, telegramBot, turnsOf, whole } from '../../servers/telegram-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const QUESTION = 'A question that is long enough to be seen growing';
const LLAMA = 'llama3:8b-instruct-q4_K_M';
const STALE = 'This button is of no use any more: what it was made for has changed.';

const hasStop = (message: ChatMessage) => buttonsOf(message).includes('⏹ Stop');
const hasRetry = (message: ChatMessage) => buttonsOf(message).includes('↻ Retry');

describe('the button Stop', () => {
  it('ends a question that waits', async () => {
    const { pass, ollama, ada, ben, chat, said, asked } = await hurriedBot();
    const generation = ollama.hold({ at: 'generation' });
    ben.send(ben.directChat(), 'Hello');
    await generation.reached;
    ada.send(chat, QUESTION);
    await pass(3_500);
    const card = await said(chat, hasStop);
    expect(card.text).toBe('⏳ 1 question ahead');
    expect(await ada.press(chat, card, '⏹ Stop')).toMatchObject({ text: 'Stopped.', alert: false });
    const end = await said(chat, ({ text }) => text.includes('⏹ Stopped.'));
    expect(end).toMatchObject({ id: card.id, buttons: [] });
    generation.release();
    await said(ben.directChat(), ({ text }) => text.includes('🏠'));
    expect(asked()).toEqual(['Hello']);
    expect(chat.fromBot()).toEqual([end]);
  });

  it('ends a question whose model is loading, and the load with it', async () => {
    const { pass, telegram, ollama, ada, chat, said, asked } = await hurriedBot();
    const load = ollama.hold({ at: 'load' });
    ada.send(chat, QUESTION);
    await load.reached;
    await pass(3_500);
    const card = await said(chat, hasStop);
    expect(card.text).toMatch(/^⏳ Loading/);
    await ada.press(chat, card, '⏹ Stop');
    await telegram.until(() => chat.message(card.id)?.text.includes('⏹ Stopped.') ?? false);
    await ollama.until(() => ollama.running() === 0);
    expect(asked()).toEqual([]);
  });

  it('ends an answer that grows, and keeps what there is of it', async () => {
    const { ollama, ada, chat, said } = await hurriedBot();
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(chat, QUESTION);
    await generation.reached;
    const growing = await said(chat, hasStop);
    expect(await ada.press(chat, growing, '⏹ Stop')).toMatchObject({ text: 'Stopped.' });
    const end = await said(chat, ({ text }) => text.includes('⏹ Stopped.'));
    expect(end).toMatchObject({ id: growing.id, buttons: [] });
    expect(end.text).toMatch(/^You said: A question/);
    await ollama.until(() => ollama.running() === 0);
  });

  it('works when the bot was started again in the meantime', async () => {
    const { reopen, ollama, ada, chat, said, telegram } = await hurriedBot();
    const first = ollama.hold({ at: 'generation', afterTokens: 8 });
    const second = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(chat, QUESTION);
    await first.reached;
    const growing = await said(chat, hasStop);
    await reopen();
    await second.reached;
    await ada.press(chat, growing, '⏹ Stop');
    await telegram.until(() => chat.message(growing.id)?.text.includes('⏹ Stopped.') ?? false);
    expect(chat.fromBot()).toHaveLength(1);
  });

  it('that comes too late says so', async () => {
    const { ollama, ada, chat, said, answer } = await hurriedBot();
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(chat, QUESTION);
    await generation.reached;
    const growing = await said(chat, hasStop);
    generation.release();
    await answer(chat, QUESTION);
    expect(await ada.press(chat, growing, '⏹ Stop')).toMatchObject({ text: 'That has ended already.' });
    expect(chat.fromBot()).toHaveLength(1);
  });

  it('of one question leaves the others alone', async () => {
    const { telegram, ollama, ada, chat, said, asked } = await hurriedBot();
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(chat, QUESTION);
    ada.send(chat, 'two');
    await generation.reached;
    await ada.press(chat, await said(chat, hasStop), '⏹ Stop');
    await telegram.until(() => whole(chat).length === 1);
    expect(asked()).toEqual([QUESTION, 'two']);
  });
});

describe('the button Retry', () => {
  it('below a failure asks again, and the failure keeps no button', async () => {
    const { telegram, ollama, ada, chat, said, answer, asked } = await hurriedBot({
      llm: { max_retries: 0 },
    });
    ollama.inject({ type: 'stream-breaks', afterTokens: 1 });
    ada.send(chat, 'Hello');
    const failure = await said(chat, hasRetry);
    expect(failure.text).toMatch(/^⚠️ /);
    expect(await ada.press(chat, failure, '↻ Retry')).toMatchObject({ text: 'Asked again.' });
    await answer(chat, 'Hello');
    await telegram.until(() => buttonsOf(chat.message(failure.id) ?? failure).length === 0);
    expect(asked()).toEqual(['Hello', 'Hello']);
    expect(await ada.press(chat, failure, '↻ Retry')).toMatchObject({
      text: 'That was asked again already.',
    });
    expect(asked()).toHaveLength(2);
  });

  it('works when the bot was started again in the meantime', async () => {
    const { reopen, ollama, ada, chat, said, answer } = await hurriedBot({ llm: { max_retries: 0 } });
    ollama.inject({ type: 'stream-breaks', afterTokens: 1 });
    ada.send(chat, 'Hello');
    const failure = await said(chat, hasRetry);
    await reopen();
    await ada.press(chat, failure, '↻ Retry');
    await answer(chat, 'Hello');
  });

  it('asks about the same picture', async () => {
    const { ollama, ada, chat, said } = await hurriedBot({
      ollama: { models: CATALOGUE },
      llm: { max_retries: 0 },
    });
    ollama.inject({ type: 'stream-breaks', model: 'llava:7b', afterTokens: 1 });
    ada.send(chat, 'What is on this?', { photo: new Uint8Array([0xff, 0xd8, 0xff, 7]) });
    const failure = await said(chat, hasRetry);
    await ada.press(chat, failure, '↻ Retry');
    await said(chat, ({ text }) => text.includes('🏠'));
    expect(turnsOf(ollama).map((turns) => turns.at(-1)?.images)).toEqual([['/9j/Bw=='], ['/9j/Bw==']]);
  });

  it('asks about the same picture when a model that can see was installed only then', async () => {
    const { passUntil, ollama, ada, chat, said } = await hurriedBot();
    ada.send(chat, 'What is on this?', { photo: new Uint8Array([0xff, 0xd8, 0xff, 7]) });
    const failure = await said(chat, hasRetry);
    ollama.addModel({ tag: 'llava:7b', sizeGb: 4.7, capabilities: ['completion', 'vision'] });
    await ada.press(chat, failure, '↻ Retry');
    await passUntil(() => whole(chat).length === 1);
    expect(turnsOf(ollama).map((turns) => turns.at(-1)?.images)).toEqual([['/9j/Bw==']]);
  });
});

describe('a button that is of no use any more', () => {
  it('says so kindly where its model is gone', async () => {
    const { pass, telegram, ollama, ada, chat, answer, said, asked } = await hurriedBot();
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    ada.send(chat, '/model');
    const menu = await said(chat, ({ text }) => text.startsWith('The rules choose'));
    ollama.deleteModel(LLAMA);
    await pass(70_000);
    const listed = ollama.when('answer', ({ request }) => request.path === '/api/tags');
    ada.send(chat, '/stats');
    await listed;
    await telegram.until(() => chat.fromBot().length === 3);
    expect(await ada.press(chat, menu, `⚪ ${LLAMA}`)).toMatchObject({
      text: `${STALE} /model shows how things are.`,
      alert: true,
    });
    expect(asked()).toEqual(['Hello']);
  });

  it.each([
    ['garbage', 'what is this'],
    ['an unknown action', 'z:j0000000000000000000000000000000'],
    ['an unknown choice', 'c:model:0123456789ab'],
    ['an unknown command', 'c:weather:0123456789ab'],
    ['an edited question that is not known', 'e:j0000000000000000000000000000000'],
  ])('says so kindly where it holds %s', async (_, data) => {
    const { telegram, ada, chat, answer } = await telegramBot();
    ada.send(chat, 'Hello');
    const message = await answer(chat, 'Hello');
    telegram.push({
      update_id: 200_000_000,
      callback_query: { id: 'x', from: ada.user, message: message.wire, chat_instance: 'c', data },
    });
    await telegram.until(() => telegram.requests({ method: 'answerCallbackQuery' }).length === 1);
    const [request] = telegram.requests({ method: 'answerCallbackQuery' });
    expect(request?.parameters).toMatchObject({ text: expect.stringContaining(STALE), show_alert: true });
    await telegram.until(() => telegram.unconfirmed().length === 0);
    expect(chat.fromBot()).toEqual([message]);
  });

  it.each([
    ['Stop', 's', 'That has ended already.'],
    ['Retry', 'a', 'That question is no longer known.'],
  ])('says so where %s is of a question that is not known', async (_, action, words) => {
    const { telegram, ada, chat, answer } = await telegramBot();
    ada.send(chat, 'Hello');
    const message = await answer(chat, 'Hello');
    telegram.push({
      update_id: 200_000_000,
      callback_query: {
        id: 'x',
        from: ada.user,
        message: message.wire,
        chat_instance: 'c',
        data: `${action}:j0000000000000000000000000000000`,
      },
    });
    await telegram.until(() => telegram.requests({ method: 'answerCallbackQuery' }).length === 1);
    const [request] = telegram.requests({ method: 'answerCallbackQuery' });
    expect(request?.parameters.text).toBe(words);
  });
});
