import { describe, expect, it, vi } from 'vitest';
import { telegramBot } from '../../servers/telegram-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const QUESTION = 'A question that is long enough to be seen growing';
const LONG = Array.from({ length: 240 }, (_, index) => `Paragraph ${index} says something of little use.`);

describe('where nothing can be delivered', () => {
  it('because its person blocked the bot, the question ends with one line in the log', async () => {
    const { telegram, ollama, ostler, ada, ben, chat, answer } = await telegramBot();
    const other = ben.directChat();
    const generation = ollama.hold({ at: 'generation' });
    ada.send(chat, QUESTION);
    await generation.reached;
    telegram.block(ada);
    generation.release();
    ben.send(other, 'Hello');
    await answer(other, 'Hello');
    await vi.waitFor(() => expect(ostler.lines.filter(({ level }) => level === 'error')).toHaveLength(1));
    expect(ostler.lines.find(({ level }) => level === 'error')).toMatchObject({
      code: 'undeliverable',
      hint: expect.stringContaining('bot was blocked by the user'),
    });
    telegram.unblock(ada);
    ada.send(chat, 'I am back');
    await answer(chat, 'I am back');
    expect(chat.fromBot()).toHaveLength(1);
    expect(ostler.front.status()).toMatchObject({ waiting: 0, running: 0 });
  });

  it('because the bot was thrown out of the group, the question ends with one line in the log', async () => {
    const { telegram, ollama, ostler, ada, chat, answer } = await telegramBot();
    const group = telegram.supergroup({ title: 'All', members: [ada] });
    const generation = ollama.hold({ at: 'generation' });
    ada.send(group, '@ostler_bot Hello');
    await generation.reached;
    telegram.kick(group);
    generation.release();
    ada.send(chat, 'Hello');
    await answer(chat, 'Hello');
    await vi.waitFor(() => expect(ostler.lines.filter(({ level }) => level === 'error')).toHaveLength(1));
    expect(ostler.front.status()).toMatchObject({ waiting: 0, running: 0 });
  });

  it('because the topic was closed, the question ends, and another topic goes on', async () => {
    const { telegram, ollama, ostler, ada, said } = await telegramBot();
    const forum = telegram.forum({ title: 'All', members: [ada] });
    const [closed, open] = [telegram.openTopic(forum, 'One'), telegram.openTopic(forum, 'Two')];
    const generation = ollama.hold({ at: 'generation' });
    ada.send(forum, '@ostler_bot Hello', { thread: closed });
    await generation.reached;
    telegram.closeTopic(forum, closed);
    generation.release();
    ada.send(forum, '@ostler_bot And you?', { thread: open });
    const message = await said(forum, ({ text }) => text.includes('🏠'));
    expect(message.thread).toBe(open);
    await vi.waitFor(() => expect(ostler.lines.filter(({ level }) => level === 'error')).toHaveLength(1));
  });
});

describe('a question that cannot be answered', () => {
  it('is told why, and what to do about it', async () => {
    const { ollama, ada, chat, said } = await telegramBot({
      ollama: { models: [{ tag: 'llama3:8b', sizeGb: 4.7 }] },
    });
    ollama.deleteModel('llama3:8b');
    ada.send(chat, 'Hello');
    const { text } = await said(chat, () => true);
    expect(text).toBe('⚠️ No model is installed on Ollama.\nollama pull qwen2.5:7b');
  });

  it('is told in the message that grew, where the model breaks off again and again', async () => {
    const { passUntil, ollama, ada, chat, said } = await hurriedBot({ llm: { max_retries: 1 } });
    for (let times = 0; times < 2; times += 1) ollama.inject({ type: 'stream-breaks', afterTokens: 8 });
    const generation = ollama.hold({ at: 'generation', afterTokens: 8 });
    ada.send(chat, QUESTION);
    await generation.reached;
    const growing = await said(chat, ({ text }) => text.startsWith('You said'));
    generation.release();
    await passUntil(() => chat.fromBot().some(({ text }) => text.startsWith('⚠️')));
    expect(chat.fromBot()).toHaveLength(1);
    expect(chat.fromBot()[0]?.id).toBe(growing.id);
  });

  it('is told in one message, where the answer had grown to several', async () => {
    const { passUntil, ollama, ada, chat } = await hurriedBot({
      llm: { max_retries: 0 },
      ollama: { answer: () => LONG.join('\n\n') },
    });
    ollama.inject({ type: 'stream-breaks', afterTokens: 1_900 });
    const generation = ollama.hold({ at: 'generation', afterTokens: 1_900 });
    ada.send(chat, QUESTION);
    await generation.reached;
    await passUntil(() => chat.fromBot().length > 1);
    const [first] = chat.fromBot();
    generation.release();
    await passUntil(() => chat.fromBot().some(({ text }) => text.startsWith('⚠️')));
    await passUntil(() => chat.fromBot().length === 1);
    expect(chat.fromBot()[0]?.id).toBe(first?.id);
  });

  it('because Ollama stays away for too long, is given up in a message that rings', async () => {
    const { pass, skip, passUntil, telegram, ollama, ada, chat, said, asked } = await hurriedBot();
    await ollama.goAway();
    ada.send(chat, 'Hello');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    await pass(3_500);
    const card = await said(chat, ({ text }) => text.startsWith('⏳'));
    await pass(1_000);
    skip(30 * 60_000);
    await passUntil(() => chat.fromBot().some(({ text }) => text.startsWith('⚠️')));
    await passUntil(() => chat.message(card.id) === undefined);
    const [end] = chat.fromBot();
    expect(end?.text).toMatch(/^⚠️ Nobody could answer within 30 minutes\./);
    expect(end?.silent).toBe(false);
    await ollama.comeBack();
    await pass(10_000);
    expect(asked()).toEqual([]);
    expect(chat.fromBot()).toHaveLength(1);
  });
});
