import { describe, expect, it } from 'vitest';
import type { Chat } from '../../servers/telegram/chat.ts';
import type { FaultKind } from '../../servers/telegram/faults.ts';
import { type TroubledBot, troubledBot, untilItPolls } from './troubled-bot.ts';

const LOST = /Telegram cannot be reached|asks for a pause/;
const FOUND = /polled again/;

/** Resolves once a question of this chat is answered, delivered or not. */
const answered = ({ logged }: TroubledBot, chat: Chat) =>
  logged(/^answered$/, (line) => line.chat === String(chat.id));

describe('while Telegram is away', () => {
  it('at the start, the bot serves everybody else; what waits is answered when it comes back', async () => {
    const bot = await troubledBot();
    const { telegram, ada, chat, answer, lines } = bot;
    await untilItPolls(bot);
    await telegram.goAway();
    await bot.reopen();
    const before = lines().length;
    ada.send(chat, 'Are you there already?');
    expect(await bot.ostler.ask('What goes on?')).toMatchObject({ kind: 'answer' });
    await telegram.comeBack();
    await answer(chat, 'Are you there already?');
    const since = lines().slice(before);
    expect(since.filter(({ message }) => FOUND.test(message))).toHaveLength(1);
    expect(chat.fromBot()).toHaveLength(1);
    expect(bot.ostler.lines.filter(({ message }) => LOST.test(message))).toEqual([
      expect.objectContaining({ level: 'warn', reason: 'ECONNREFUSED' }),
    ]);
  });

  it('in the middle, answers wait for it without the model; each arrives once, none is generated twice', async () => {
    const bot = await troubledBot();
    const { telegram, ollama, ada, ben, chat, answer, asked, lines } = bot;
    const other = ben.directChat();
    const hold = ollama.hold({ at: 'generation' });
    ada.send(chat, 'What is the first question?');
    ben.send(other, 'What is the second question?');
    await hold.reached;
    await telegram.until(() => telegram.unconfirmed().length === 0);
    await telegram.goAway();
    hold.release();
    await answered(bot, chat);
    await answered(bot, other);
    expect(await bot.ostler.ask('What goes on?')).toMatchObject({ kind: 'answer' });
    expect([chat.fromBot(), other.fromBot()].flat().filter(({ text }) => text.includes('🏠'))).toEqual([]);

    await telegram.comeBack();
    await Promise.all([
      answer(chat, 'What is the first question?'),
      answer(other, 'What is the second question?'),
    ]);
    await telegram.until(() => lines(FOUND).length === 1);
    expect([chat.fromBot().length, other.fromBot().length]).toEqual([1, 1]);
    expect(asked().toSorted()).toEqual(
      ['What goes on?', 'What is the first question?', 'What is the second question?'].toSorted(),
    );
    expect(lines(LOST)).toHaveLength(1);
    const undelivered = lines(/could not be kept or delivered/).map(({ job }) => job);
    expect(new Set(undelivered).size).toBe(undelivered.length);
  });

  it('for a restart, too, an answer waits for it and is not generated again', async () => {
    const bot = await troubledBot();
    const { telegram, ollama, ada, chat, answer, asked } = bot;
    const hold = ollama.hold({ at: 'generation' });
    ada.send(chat, 'What comes after the restart?');
    await hold.reached;
    await telegram.until(() => telegram.unconfirmed().length === 0);
    await telegram.goAway();
    hold.release();
    await answered(bot, chat);
    await bot.reopen();
    expect(await bot.ostler.ask('What goes on?')).toMatchObject({ kind: 'answer' });
    await telegram.comeBack();
    await answer(chat, 'What comes after the restart?');
    expect(chat.fromBot()).toHaveLength(1);
    expect(asked()).toEqual(['What comes after the restart?', 'What goes on?']);
  });
});

const FAULTS: readonly (readonly [string, FaultKind])[] = [
  ['a connection that is cut before anything was done', 'drop-before'],
  ['a connection that is cut instead of an answer', 'drop-after'],
  ['half an answer', 'half-answer'],
  ['an HTML page of a proxy', 'not-json'],
  ['an error of its own', { status: 500, description: 'Internal Server Error' }],
  ['a 502', { status: 502, description: 'Bad Gateway' }],
  ['a pause', { status: 429, description: 'Too Many Requests', parameters: { retry_after: 1 } }],
];

describe('a poll that ends with', () => {
  it.each(FAULTS)('%s loses nothing, and nobody is answered twice', async (_, kind) => {
    const bot = await troubledBot();
    const { telegram, ada, chat, answer, lines, asked } = bot;
    await untilItPolls(bot);
    const faulty = telegram.when('request', ({ request }) => request.method === 'getUpdates');
    telegram.fault({ method: 'getUpdates', kind });
    ada.send(chat, 'What is the first question?');
    await faulty;
    ada.send(chat, 'What is the second question?');
    await answer(chat, 'What is the first question?');
    await answer(chat, 'What is the second question?');
    await telegram.until(() => telegram.unconfirmed().length === 0);
    expect(chat.fromBot()).toHaveLength(2);
    expect(asked()).toEqual(['What is the first question?', 'What is the second question?']);
    expect([lines(LOST).length, lines(FOUND).length]).toEqual([1, 1]);
  });

  it('a cut while it is held goes on', async () => {
    const bot = await troubledBot();
    const { telegram, ada, chat, answer, lines } = bot;
    await untilItPolls(bot);
    await telegram.goAway();
    await telegram.comeBack();
    ada.send(chat, 'Did you notice anything?');
    await answer(chat, 'Did you notice anything?');
    expect(chat.fromBot()).toHaveLength(1);
    expect([lines(LOST).length, lines(FOUND).length]).toEqual([1, 1]);
  });
});
