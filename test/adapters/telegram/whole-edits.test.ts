import { describe, expect, it } from 'vitest';
import type { Chat } from '../../servers/telegram/chat.ts';
import { buttonsOf, telegramBot, turnsOf, whole } from '../../servers/telegram-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const BUTTON = '↻ Answer the edited question';
const offered = (chat: Chat) => chat.fromBot().filter((message) => buttonsOf(message).includes(BUTTON));

describe('a question that waits', () => {
  it('is replaced when it is edited, and keeps its place', async () => {
    const { telegram, ollama, ada, chat, asked } = await telegramBot();
    const generation = ollama.hold({ at: 'generation' });
    ada.send(chat, 'one');
    await generation.reached;
    const second = ada.send(chat, 'two');
    ada.send(chat, 'three');
    ada.edit(second, 'two, but better');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    generation.release();
    await telegram.until(() => whole(chat).length === 3);
    expect(asked()).toEqual(['one', 'two, but better', 'three']);
    expect(offered(chat)).toEqual([]);
  });

  it('may then be for another model', async () => {
    const LLAMA = 'llama3:8b-instruct-q4_K_M';
    const { telegram, ollama, ada, chat } = await telegramBot({
      llm: { routing: { default: 'qwen2.5:7b', rules: [{ pattern: 'haiku', model: LLAMA }] } },
    });
    const generation = ollama.hold({ at: 'generation' });
    ada.send(chat, 'one');
    await generation.reached;
    const second = ada.send(chat, 'Write a poem');
    ada.edit(second, 'Write a haiku');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    generation.release();
    await telegram.until(() => whole(chat).length === 2);
    expect(whole(chat)[1]?.text).toContain(`🏠 ${LLAMA} · rule “haiku”`);
  });

  it('keeps its other pieces when one piece of it is edited', async () => {
    const { pass, telegram, ada, chat, asked } = await hurriedBot({ ollama: { answer: () => 'Read.' } });
    const first = ada.send(chat, 'a'.repeat(4_050));
    ada.send(chat, 'The end');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    ada.edit(first, 'b'.repeat(4_050));
    await telegram.until(() => telegram.unconfirmed().length === 0);
    await pass(2_500);
    await telegram.until(() => whole(chat).length === 1);
    expect(asked()).toEqual([`${'b'.repeat(4_050)}\nThe end`]);
  });
});

describe('a question that was begun', () => {
  it('is not answered again when it is edited, before its button is pressed; then once', async () => {
    const { passUntil, pass, telegram, ollama, ada, chat, asked } = await hurriedBot();
    const generation = ollama.hold({ at: 'generation' });
    const question = ada.send(chat, 'one');
    await generation.reached;
    ada.edit(question, 'one, but better');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    generation.release();
    await passUntil(() => offered(chat).length === 1);
    const [first] = whole(chat);
    if (!first) throw new Error('It was there.');
    expect(first.text).toMatch(/^You said: one\n/);
    expect(asked()).toEqual(['one']);

    expect(await ada.press(chat, first, BUTTON)).toMatchObject({ text: 'Asked again.' });
    await passUntil(() => whole(chat).length === 2);
    expect(asked()).toEqual(['one', 'one, but better']);
    expect(whole(chat)[1]?.text).toMatch(/^You said: one, but better\n/);
    await passUntil(() => offered(chat).length === 0);
    expect(await ada.press(chat, first, BUTTON).catch(String)).toBeDefined();
    await pass(5_000);
    expect(asked()).toHaveLength(2);
  });

  it('and has ended is offered again, also after the bot was started again', async () => {
    const { passUntil, telegram, reopen, ada, chat, asked } = await hurriedBot();
    const question = ada.send(chat, 'one');
    await telegram.until(() => whole(chat).length === 1);
    ada.edit(question, 'one, but better');
    await passUntil(() => offered(chat).length === 1);
    await reopen();
    const [first] = offered(chat);
    if (!first) throw new Error('It was there.');
    const twice = [ada.press(chat, first, BUTTON), ada.press(chat, first, BUTTON)];
    const answers = (await Promise.all(twice)).map(({ text }) => text);
    expect(answers).toEqual(['Asked again.', 'That was asked again already.']);
    await passUntil(() => whole(chat).length === 2);
    expect(asked()).toEqual(['one', 'one, but better']);
  });

  it('is answered as it was edited last', async () => {
    const { passUntil, telegram, ada, chat, asked } = await hurriedBot();
    const question = ada.send(chat, 'one');
    await telegram.until(() => whole(chat).length === 1);
    ada.edit(question, 'two');
    ada.edit(question, 'three');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    await passUntil(() => offered(chat).length === 1);
    const [first] = offered(chat);
    if (!first) throw new Error('It was there.');
    await ada.press(chat, first, BUTTON);
    await passUntil(() => whole(chat).length === 2);
    expect(asked()).toEqual(['one', 'three']);
  });

  it('is left as it is by an edit that changes no word', async () => {
    const { pass, telegram, ollama, ada, chat, asked } = await hurriedBot();
    const generation = ollama.hold({ at: 'generation' });
    const question = ada.send(chat, 'one');
    await generation.reached;
    ada.edit(question, 'one');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    generation.release();
    await telegram.until(() => whole(chat).length === 1);
    ada.edit(question, 'one');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    await pass(5_000);
    expect(offered(chat)).toEqual([]);
    expect(asked()).toEqual(['one']);
    expect(chat.fromBot()).toHaveLength(1);
  });
});

describe('an edit', () => {
  it('of a message that was never a question does nothing', async () => {
    const { telegram, ada, chat, asked, answer } = await telegramBot();
    const command = ada.send(chat, '/help');
    await telegram.until(() => chat.fromBot().length === 1);
    ada.edit(command, 'What is this?');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    ada.send(chat, 'one');
    await answer(chat, 'one');
    expect(asked()).toEqual(['one']);
    expect(chat.fromBot()).toHaveLength(2);
  });

  it('keeps the history as it was answered', async () => {
    const { telegram, ollama, ada, chat, answer } = await telegramBot();
    const question = ada.send(chat, 'one');
    await answer(chat, 'one');
    ada.edit(question, 'two');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    ada.send(chat, 'three');
    await answer(chat, 'three');
    expect(turnsOf(ollama)[1]?.map(({ content }) => content)).toEqual(['one', 'You said: one', 'three']);
  });
});

describe('a question that was answered', () => {
  it('of several pieces is left as it is by an edit that changes no word', async () => {
    const { pass, telegram, ada, chat } = await hurriedBot({ ollama: { answer: () => 'Read.' } });
    const pieces = [ada.send(chat, 'a'.repeat(4_050)), ada.send(chat, 'The end')];
    await telegram.until(() => telegram.unconfirmed().length === 0);
    await pass(2_500);
    await telegram.until(() => whole(chat).length === 1);
    for (const piece of pieces) ada.edit(piece, piece.text);
    await telegram.until(() => telegram.unconfirmed().length === 0);
    await pass(5_000);
    expect(offered(chat)).toEqual([]);
  });

  it('of several pieces is asked again with all of them', async () => {
    const { pass, passUntil, telegram, ada, chat, asked } = await hurriedBot({
      ollama: { answer: () => 'Read.' },
    });
    const [first] = [ada.send(chat, 'a'.repeat(4_050)), ada.send(chat, 'The end')];
    await telegram.until(() => telegram.unconfirmed().length === 0);
    await pass(2_500);
    await telegram.until(() => whole(chat).length === 1);
    ada.edit(first, 'b'.repeat(4_050));
    await passUntil(() => offered(chat).length === 1);
    const [answer] = offered(chat);
    if (!answer) throw new Error('It was there.');
    await ada.press(chat, answer, BUTTON);
    await pass(2_500);
    await passUntil(() => whole(chat).length === 2);
    expect(asked()[1]).toBe(`${'b'.repeat(4_050)}\nThe end`);
  });
});
