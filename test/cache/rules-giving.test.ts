import { describe, expect, it } from 'vitest';
import { discordBot, labelsOf, whole } from '../servers/discord-bot.ts';
import { buttonsOf, telegramBot } from '../servers/telegram-bot.ts';
import { ask, cachingHouse, counting, fromOf, generated, inChat, MODEL, textOf } from './house.ts';

const SHARED = { response_cache: { scope: 'shared' } };

describe('rule 9: equal questions at the same time', () => {
  /** Several ask the same; the answer to one of them has begun. */
  async function crowd(more: Record<string, unknown> = {}) {
    const { ollama, ostler } = await cachingHouse({ ...SHARED, ...more }, counting());
    const generation = ollama.hold({ at: 'generation' });
    const chats = ['one', 'two', 'three'];
    const follows = chats.map((chat) => ostler.follow(chat));
    const jobs: string[] = [];
    for (const chat of chats) {
      jobs.push((await ostler.send('Why?', inChat(chat, chat))).job);
      if (chat === 'one') await generation.reached;
    }
    const waits = (at: number) =>
      follows[at]?.until((event) =>
        event.type === 'progress' && event.progress.stage === 'generating' ? event : undefined,
      );
    await Promise.all([waits(1), waits(2)]);
    const outcome = async (at: number) => {
      const ended = await follows[at]?.outcome(jobs[at] ?? '');
      if (!ended) throw new Error('There is no such chat.');
      return ended;
    };
    const stop = (at: number) => ostler.front.stop({ platform: 'web', chat: chats[at] ?? '' });
    return { ollama, ostler, generation, outcome, stop };
  }

  it('are one generation', async () => {
    const { ollama, generation, outcome } = await crowd();
    generation.release();
    const outcomes = [await outcome(0), await outcome(1), await outcome(2)];
    expect(outcomes.map(fromOf)).toEqual(['local', 'cache', 'cache']);
    expect(outcomes.map(textOf)).toEqual(['1', '1', '1']);
    expect(generated(ollama)).toBe(1);
  });

  it('each who waits can leave, also the one that is answered: it goes on for the others', async () => {
    const { ollama, generation, outcome, stop } = await crowd();
    await stop(0);
    await stop(1);
    expect(ollama.running()).toBe(1);
    generation.release();
    const outcomes = [await outcome(0), await outcome(1), await outcome(2)];
    expect(outcomes.map(fromOf)).toEqual(['cancelled', 'cancelled', 'cache']);
    expect(generated(ollama)).toBe(1);
  });

  it('end with the last who has left', async () => {
    const { ollama, outcome, stop } = await crowd();
    for (const at of [0, 2, 1]) await stop(at);
    await ollama.until(() => ollama.running() === 0);
    expect(fromOf(await outcome(2))).toBe('cancelled');
  });

  it('share no failure: who waited asks anew, and so does who comes later', async () => {
    const { ollama, ostler, generation, outcome } = await crowd({
      llm: { options: { temperature: 0 }, max_retries: 0 },
    });
    // What comes back after the crash finds nothing loaded.
    await ollama.goAway({ crashed: true });
    generation.release();
    await ollama.comeBack();
    expect(fromOf(await outcome(0))).toBe('failure');
    expect([await outcome(1), await outcome(2)].map(fromOf).sort()).toEqual(['cache', 'local']);
    expect(await ask(ostler, 'Why?', inChat('four', 'four'))).toBe('cache');
    expect(generated(ollama)).toBe(2);
  });
});

describe('rule 12: an answer from the cache is one message, marked with its age, and can be asked afresh', () => {
  const llm = {
    options: { temperature: 0 },
    routing: { default: MODEL, rules: [{ pattern: 'why', model: MODEL, standalone: true }] },
  };
  const marked = /⚡ qwen2\.5:7b · .*(from the cache, \d+\ss old|the answer to an equal question)/;

  it('on Telegram', async () => {
    const { ada, chat, said, asked, telegram } = await telegramBot({ llm });
    ada.send(chat, 'Why?');
    await said(chat, ({ text }) => text.includes('🏠'));
    const before = telegram.requests().length;
    ada.send(chat, 'Why?');
    const cached = await said(chat, ({ text }) => text.includes('⚡'));
    expect(cached.text).toMatch(marked);
    expect(buttonsOf(cached)).toEqual(['↻ Ask afresh']);
    const calls = telegram
      .requests()
      .slice(before)
      .filter(({ method }) => /^(send|edit)Message/.test(method));
    expect(calls).toHaveLength(1);
    await ada.press(chat, cached, '↻ Ask afresh');
    await telegram.until(() => chat.fromBot().filter(({ text }) => text.includes('🏠')).length === 2);
    expect(asked()).toEqual(['Why?', 'Why?']);
  });

  it('on Discord', async () => {
    const { ada, chat, said, asked, discord } = await discordBot({ llm });
    ada.send(chat, 'Why?');
    await said(chat, ({ text }) => text.includes('🏠'));
    const sent = () =>
      [...discord.requests({ method: 'POST' }), ...discord.requests({ method: 'PATCH' })].filter(
        ({ route }) => route.startsWith('/channels/:channel/messages'),
      ).length;
    const before = sent();
    ada.send(chat, 'Why?');
    const cached = await said(chat, ({ text }) => text.includes('⚡'));
    expect(cached.text).toMatch(marked);
    expect(labelsOf(cached)).toContain('↻ Retry');
    expect(sent()).toBe(before + 1);
    ada.press(cached, '↻ Retry');
    await discord.until(() => whole(chat).length === 2);
    expect(asked()).toEqual(['Why?', 'Why?']);
  });
});
