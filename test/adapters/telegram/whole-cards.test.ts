import { describe, expect, it } from 'vitest';
import type { Chat } from '../../servers/telegram/chat.ts';
import { buttonsOf } from '../../servers/telegram-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const LLAMA = 'llama3:8b-instruct-q4_K_M';
/** One model at a time, and llama answers what begins with "llama". */
const ONE_MODEL = {
  cache: { max_models: 1 },
  routing: { default: 'qwen2.5:7b', rules: [{ pattern: '^llama', model: LLAMA }] },
};

/** When it was shown. */
const typings = (chat: Chat) => chat.history().flatMap(({ type, atMs }) => (type === 'action' ? [atMs] : []));

describe('typing', () => {
  it('is shown while the model loads, again before it fades, and not after the answer', async () => {
    const { pass, telegram, ollama, ada, chat, answer } = await hurriedBot();
    const load = ollama.hold({ at: 'load' });
    ada.send(chat, 'Hello');
    await load.reached;
    await telegram.until(() => typings(chat).length === 1);
    await pass(18_000);
    const times = typings(chat);
    expect(times.length).toBeGreaterThanOrEqual(4);
    for (const [index, atMs] of times.slice(1).entries()) {
      expect(atMs - (times[index] ?? 0)).toBeGreaterThanOrEqual(4_400);
    }
    load.release();
    await answer(chat, 'Hello');
    await pass(10_000);
    const history = chat.history();
    const lastAt = (fits: (entry: (typeof history)[number]) => boolean) => history.findLastIndex(fits);
    expect(lastAt(({ type }) => type === 'action')).toBeLessThan(
      lastAt((entry) => 'message' in entry && entry.message.text.includes('🏠')),
    );
  });

  it('is shown before the first text, and while a question waits for another', async () => {
    const { telegram, ollama, ada, ben, chat, answer } = await hurriedBot();
    const generation = ollama.hold({ at: 'generation' });
    ada.send(chat, 'Hello');
    await generation.reached;
    await telegram.until(() => chat.action() === 'typing');
    expect(chat.fromBot()).toEqual([]);
    const other = ben.directChat();
    ben.send(other, 'Me too');
    await telegram.until(() => other.action() === 'typing');
    expect(other.fromBot()).toEqual([]);
    generation.release();
    await answer(chat, 'Hello');
    await answer(other, 'Me too');
  });
});

describe('the card', () => {
  it('is not shown to who waits for less than three seconds', async () => {
    const { pass, telegram, ollama, ada, chat, answer } = await hurriedBot();
    const load = ollama.hold({ at: 'load' });
    ada.send(chat, 'Hello');
    await load.reached;
    await telegram.until(() => typings(chat).length === 1);
    await pass(2_500);
    load.release();
    await answer(chat, 'Hello');
    const texts = chat.history().flatMap((entry) => ('message' in entry ? entry.message.text : []));
    expect(texts.filter((text) => text.includes('⏳'))).toEqual([]);
  });

  it('says silently what is waited for, with a button that stops it', async () => {
    const { pass, ollama, ada, chat, said } = await hurriedBot();
    const load = ollama.hold({ at: 'load' });
    ada.send(chat, 'Hello');
    await load.reached;
    await pass(3_100);
    const card = await said(chat, ({ text }) => text.startsWith('⏳'));
    expect(card.text).toMatch(
      /^⏳ Loading qwen2\.5:7b: about \d+\ss left \(a guess from its size\) [▓░]{5}$/,
    );
    expect(card.silent).toBe(true);
    expect(buttonsOf(card)).toEqual(['⏹ Stop']);
  });

  it('follows what happens: the queue, what is unloaded, what is loaded; then it becomes the answer', async () => {
    const { pass, telegram, ollama, ada, ben, chat, said, answer } = await hurriedBot({ llm: ONE_MODEL });
    const other = ben.directChat();
    const generation = ollama.hold({ at: 'generation' });
    ben.send(other, 'Hello');
    await generation.reached;
    ada.send(chat, 'llama, how are you?');
    await telegram.until(() => chat.action() === 'typing');
    await pass(3_100);
    const card = await said(chat, ({ text }) => text.startsWith('⏳'));
    expect(card.text).toBe(`⏳ Waiting until ${LLAMA} can be loaded · 1 question ahead`);

    const foreign = ollama.hold({ at: 'generation' });
    const stranger = fetch(`${ollama.url}/api/generate`, {
      method: 'POST',
      body: JSON.stringify({ model: 'qwen2.5:7b', prompt: 'Somebody else asks' }),
    });
    generation.release();
    await answer(other, 'Hello');
    await foreign.reached;
    await pass(1_200);
    const shows = (words: string) => said(chat, ({ id, text }) => id === card.id && text.startsWith(words));
    await shows(`⏳ Unloading qwen2.5:7b → then loading ${LLAMA}`);

    const load = ollama.hold({ at: 'load' });
    foreign.release();
    await (await stranger).text();
    await pass(1_200);
    await load.reached;
    await shows(`⏳ Loading ${LLAMA}`);
    load.release();
    const whole = await answer(chat, 'llama, how are you?');
    expect(whole).toMatchObject({ id: card.id, silent: true, buttons: [] });
    expect(chat.fromBot()).toHaveLength(1);
  });

  it('tells the seconds of a load anew, but not more often than every five', async () => {
    const { pass, telegram, ollama, ada, chat, said } = await hurriedBot();
    const load = ollama.hold({ at: 'load' });
    ada.send(chat, 'Hello');
    await load.reached;
    await pass(3_100);
    const card = await said(chat, ({ text }) => text.startsWith('⏳'));
    const edited = telegram.when('edited');
    await pass(5_000);
    expect((await edited).message.text).not.toBe(card.text);
    expect(telegram.requests({ method: 'editMessageText' })).toHaveLength(1);
  });

  it('makes way for a message that rings where the answer takes longer than 20 seconds', async () => {
    const { pass, telegram, ollama, ada, chat, said, answer } = await hurriedBot();
    const load = ollama.hold({ at: 'load' });
    ada.send(chat, 'Hello');
    await load.reached;
    await pass(3_100);
    const card = await said(chat, ({ text }) => text.startsWith('⏳'));
    await pass(21_000);
    load.release();
    const whole = await answer(chat, 'Hello');
    expect(whole.id).not.toBe(card.id);
    expect(whole.silent).toBe(false);
    await telegram.until(() => chat.message(card.id) === undefined);
    await telegram.until(() => chat.fromBot().length === 1);
  });

  it('makes way in the same manner where the answer grows before it is whole', async () => {
    const { pass, telegram, ollama, ada, chat, said, answer } = await hurriedBot();
    const load = ollama.hold({ at: 'load' });
    const generation = ollama.hold({ at: 'generation', afterTokens: 6 });
    const text = 'A question that is long enough to be seen growing';
    ada.send(chat, text);
    await load.reached;
    await pass(3_100);
    const card = await said(chat, (message) => message.text.startsWith('⏳'));
    await pass(21_000);
    load.release();
    await generation.reached;
    await pass(1_200);
    const growing = await said(chat, (message) => message.text.startsWith('You said: A question'));
    expect(growing.silent).toBe(false);
    await telegram.until(() => chat.message(card.id) === undefined);
    generation.release();
    expect((await answer(chat, text)).id).toBe(growing.id);
  });

  it('says that Ollama is away, and the answer comes when it is back', async () => {
    const { pass, telegram, ollama, ada, chat, said, answer } = await hurriedBot();
    await ollama.goAway();
    ada.send(chat, 'Hello');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    await pass(3_100);
    const card = await said(chat, ({ text }) => text.startsWith('⏳'));
    expect(card.text).toBe('⏳ Ollama cannot be reached; trying again');
    await ollama.comeBack();
    await pass(5_000);
    expect((await answer(chat, 'Hello')).id).toBe(card.id);
  });

  it('says how many questions of the chat come first', async () => {
    const { pass, ollama, ada, chat, said, answer } = await hurriedBot();
    const generation = ollama.hold({ at: 'generation' });
    for (const text of ['one', 'two']) ada.send(chat, text);
    await generation.reached;
    await pass(3_100);
    const words = '⏳ Waiting for the earlier questions of this chat · 1 question ahead';
    await said(chat, ({ text }) => text === words);
    generation.release();
    await answer(chat, 'two');
  });

  it('comes anew where its person deleted it', async () => {
    const { pass, telegram, ollama, ada, chat, said, answer } = await hurriedBot();
    const load = ollama.hold({ at: 'load' });
    ada.send(chat, 'Hello');
    await load.reached;
    await pass(3_100);
    const card = await said(chat, ({ text }) => text.startsWith('⏳'));
    ada.delete(card);
    await pass(6_000);
    const next = await said(chat, ({ text }) => text.startsWith('⏳'));
    expect(next.id).not.toBe(card.id);
    load.release();
    expect((await answer(chat, 'Hello')).id).toBe(next.id);
    await telegram.until(() => chat.fromBot().length === 1);
  });

  it('is the same one when the bot was started again, and its time is counted from the beginning', async () => {
    const { pass, telegram, reopen, ollama, ada, chat, said, answer } = await hurriedBot();
    const loads = [ollama.hold({ at: 'load' }), ollama.hold({ at: 'load' })];
    ada.send(chat, 'Hello');
    await loads[0]?.reached;
    await pass(3_100);
    const card = await said(chat, ({ text }) => text.startsWith('⏳'));
    await reopen();
    await loads[1]?.reached;
    await pass(6_000);
    expect(chat.fromBot().map(({ id }) => id)).toEqual([card.id]);
    await pass(15_000);
    loads[1]?.release();
    const whole = await answer(chat, 'Hello');
    expect(whole.id).not.toBe(card.id);
    expect(whole.silent).toBe(false);
    await telegram.until(() => chat.message(card.id) === undefined);
  });
});
