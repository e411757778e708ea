import { describe, expect, it } from 'vitest';
import type { Chat } from '../../servers/telegram/chat.ts';
import type { FaultKind } from '../../servers/telegram/faults.ts';
import { isAnswer, whole } from '../../servers/telegram-bot.ts';
import { hurriedBot } from './hurried-bot.ts';

const QUESTION = 'A question that is long enough to be seen growing';
const OFF = { config: { telegram: { streaming: 'off' } } };
const LONG = Array.from({ length: 240 }, (_, index) => `Paragraph ${index} says something of little use.`);
const tooMany = (seconds: number): FaultKind => ({
  status: 429,
  description: `Too Many Requests: retry after ${seconds}`,
  parameters: { retry_after: seconds },
});

const answersTo = (chat: Chat, text: string) => chat.fromBot().filter((message) => isAnswer(message, text));

describe('where Telegram asks for a pause', () => {
  it('previews are left out, and the answer comes whole', async () => {
    const { pass, telegram, ollama, ada, chat, said, answer } = await hurriedBot();
    const generation = ollama.hold({ at: 'generation', afterTokens: 7 });
    const later = ollama.hold({ at: 'generation', afterTokens: 9 });
    ada.send(chat, QUESTION);
    await generation.reached;
    await said(chat, ({ text }) => text.startsWith('You said'));
    telegram.fault({ method: 'editMessageText', kind: tooMany(6) });
    generation.release();
    later.release();
    await pass(5_000);
    expect(answersTo(chat, QUESTION)).toEqual([]);
    const edits = telegram.requests({ method: 'editMessageText' });
    expect(edits.map(({ status }) => status)).toEqual([429]);
    await pass(2_000);
    await answer(chat, QUESTION);
    expect(chat.fromBot()).toHaveLength(1);
  });

  it('for a long time, the answer comes after it, once', async () => {
    const { pass, passUntil, telegram, ada, chat } = await hurriedBot(OFF);
    telegram.fault({ method: 'sendMessage', kind: tooMany(60) });
    ada.send(chat, 'Hello');
    await telegram.until(() =>
      telegram.requests({ method: 'sendMessage' }).some(({ status }) => status === 429),
    );
    await pass(50_000);
    expect(telegram.requests({ method: 'sendMessage' })).toHaveLength(1);
    await passUntil(() => answersTo(chat, 'Hello').length > 0);
    await pass(20_000);
    expect(chat.fromBot()).toHaveLength(1);
  });
});

describe("within Telegram's limits", () => {
  it('several questions of a direct chat are answered without a single refusal', async () => {
    const { passUntil, ada, chat } = await hurriedBot({ telegram: { limits: 'real' } });
    const texts = Array.from({ length: 12 }, (_, index) => `Question number ${index}, which is not short`);
    for (const text of texts) ada.send(chat, text);
    await passUntil(() => whole(chat).length === texts.length);
    for (const text of texts) expect(answersTo(chat, text)).toHaveLength(1);
    expect(chat.refusals()).toBe(0);
  });

  it('a long answer reaches a group as a whole, without a single refusal', async () => {
    const { passUntil, telegram, ada } = await hurriedBot({
      telegram: { limits: 'real' },
      ollama: { answer: () => LONG.join('\n\n') },
    });
    const group = telegram.supergroup({ title: 'All', members: [ada] });
    for (const text of ['one', 'two', 'three']) ada.send(group, `@ostler_bot ${text}`);
    await passUntil(() => whole(group).length === 3);
    const words = group
      .fromBot()
      .map(({ text }) => text)
      .join('\n');
    for (const paragraph of LONG) expect(words.split(paragraph)).toHaveLength(4);
    expect(group.refusals()).toBe(0);
  });
});
