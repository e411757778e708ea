import { describe, expect, it, vi } from 'vitest';
import type { Chat } from '../../servers/telegram/chat.ts';
import { isAnswer, whole } from '../../servers/telegram-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const QUESTION = 'A question that is long enough to be seen growing';
const OFF = { config: { telegram: { streaming: 'off' } } };
const LONG = Array.from({ length: 240 }, (_, index) => `Paragraph ${index} says something of little use.`);

const answersTo = (chat: Chat, text: string) => chat.fromBot().filter((message) => isAnswer(message, text));

const CUTS = ['drop-before', 'drop-after', 'half-answer', 'not-json'] as const;
/** Telegram took the message, and nobody was told: it may be sent a second time. */
const isTaken = (kind: (typeof CUTS)[number]) => kind === 'drop-after' || kind === 'half-answer';

describe('where a connection ends', () => {
  it.each(CUTS)('in a send (%s), the answer comes nevertheless', async (kind) => {
    const { passUntil, pass, telegram, ada, chat, asked } = await hurriedBot(OFF);
    telegram.fault({ method: 'sendMessage', kind });
    ada.send(chat, 'Hello');
    await telegram.until(() => telegram.requests({ method: 'sendMessage' }).length === 1);
    await passUntil(() => telegram.requests({ method: 'sendMessage' }).length === 2);
    await pass(10_000);
    expect(answersTo(chat, 'Hello')).toHaveLength(isTaken(kind) ? 2 : 1);
    expect(asked()).toEqual(['Hello']);
  });

  it.each(CUTS)('in an edit (%s), the answer comes once', async (kind) => {
    const { passUntil, pass, telegram, ollama, ada, chat, said } = await hurriedBot();
    const generation = ollama.hold({ at: 'generation', afterTokens: 7 });
    ada.send(chat, QUESTION);
    await generation.reached;
    await said(chat, ({ text }) => text.startsWith('You said'));
    telegram.fault({ method: 'editMessageText', kind, times: 2 });
    generation.release();
    await passUntil(() => telegram.pendingFaults().length === 0 && answersTo(chat, QUESTION).length > 0);
    await pass(10_000);
    expect(chat.fromBot()).toHaveLength(1);
    expect(answersTo(chat, QUESTION)).toMatchObject([{ buttons: [] }]);
  });

  it('in the middle of a long answer, no part is lost and none is doubled but the cut one', async () => {
    const { passUntil, pass, telegram, ada, chat } = await hurriedBot({
      ...OFF,
      ollama: { answer: () => LONG.join('\n\n') },
    });
    const off = telegram.on((event) => {
      if (event.type !== 'answer' || event.request.method !== 'sendMessage') return;
      off();
      telegram.fault({ method: 'sendMessage', kind: 'drop-after' });
    });
    ada.send(chat, 'Tell me all');
    await telegram.until(() => telegram.requests({ method: 'sendMessage' }).length === 2);
    await passUntil(() => whole(chat).length > 0);
    await pass(10_000);
    const words = chat
      .fromBot()
      .map(({ text }) => text)
      .join('\n');
    const counts = LONG.map((paragraph) => words.split(paragraph).length - 1);
    expect(Math.min(...counts)).toBe(1);
    expect(Math.max(...counts)).toBe(2);
    expect(whole(chat)).toHaveLength(1);
  });

  it('without an answer, the call is given up after 20 seconds and made again', async () => {
    const { skip, passUntil, telegram, ada, chat } = await hurriedBot(OFF);
    telegram.fault({ method: 'sendMessage', kind: 'hang' });
    ada.send(chat, 'Hello');
    await telegram.until(() => telegram.requests({ method: 'sendMessage' }).length === 1);
    skip(20_000);
    await passUntil(() => answersTo(chat, 'Hello').length > 0);
    expect(chat.fromBot()).toHaveLength(1);
  });
});

describe('while Telegram is away', () => {
  it('questions are answered, and the answers come when it is back', async () => {
    const { passUntil, telegram, ollama, ada, ben, chat, asked } = await hurriedBot(OFF);
    const generation = ollama.hold({ at: 'generation' });
    ada.send(chat, 'one');
    ben.send(ben.directChat(), 'two');
    await generation.reached;
    await telegram.until(() => telegram.unconfirmed().length === 0);
    await telegram.goAway();
    generation.release();
    await ollama.until(() => asked().length === 2 && ollama.running() === 0);
    await telegram.comeBack();
    await passUntil(() => whole(chat).length + whole(ben.directChat()).length === 2);
    expect(answersTo(chat, 'one')).toHaveLength(1);
    expect(answersTo(ben.directChat(), 'two')).toHaveLength(1);
  });

  it('a restart loses no answer, doubles none, and asks no model again', async () => {
    const { passUntil, pass, telegram, ostler, reopen, ollama, ada, chat, asked } = await hurriedBot(OFF);
    const generation = ollama.hold({ at: 'generation' });
    ada.send(chat, 'Hello');
    await generation.reached;
    await telegram.goAway();
    generation.release();
    await vi.waitFor(() => expect(ostler.lines.map(({ message }) => message)).toContain('answered'));
    await reopen();
    await telegram.comeBack();
    await passUntil(() => whole(chat).length > 0);
    await pass(10_000);
    expect(answersTo(chat, 'Hello')).toHaveLength(1);
    expect(asked()).toEqual(['Hello']);
    await reopen();
    await pass(10_000);
    expect(chat.fromBot()).toHaveLength(1);
  });
});
