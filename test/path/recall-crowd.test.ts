import { describe, expect, it } from 'vitest';
import { cachingHouse, fromOf, generated, inChat } from '../cache/house.ts';

describe('a hundred chats that ask the same at once', () => {
  const SHARED = { response_cache: { scope: 'shared' } };

  /** Resolves once the first of them is being answered. */
  async function crowd(count = 100) {
    const { ollama, ostler } = await cachingHouse(SHARED);
    const generation = ollama.hold({ at: 'generation', afterTokens: 1 });
    const chats = Array.from({ length: count }, (_, at) => `chat-${at}`);
    const follows = chats.map((chat) => ostler.follow(chat));
    const jobs = await Promise.all(
      chats.map(
        async (chat) => (await ostler.send('What is the meaning of all this?', inChat(chat, chat))).job,
      ),
    );
    await generation.reached;
    const stop = (at: number) => ostler.front.stop({ platform: 'web', chat: `chat-${at}` });
    const outcomes = () => Promise.all(jobs.map((job, at) => follows[at]?.outcome(job)));
    /** Which of them runs. */
    const leader = () => follows.findIndex(({ events }) => events.some(({ type }) => type === 'text'));
    return { ollama, ostler, generation, stop, outcomes, leader, chats };
  }

  it('are one generation and a hundred answers', async () => {
    const { ollama, ostler, generation, outcomes } = await crowd();
    generation.release();
    const answers = await outcomes();
    expect(new Set(answers.map((one) => one && fromOf(one)))).toEqual(new Set(['local', 'cache']));
    expect(
      answers.filter((one) => one?.kind === 'answer' && one.answer.text.includes('all this?')),
    ).toHaveLength(100);
    expect(generated(ollama)).toBe(1);
    expect(ostler.front.cacheStats()).toMatchObject({ misses: 1, hits: 99 });
  });

  it('of whom 99 stop, the one that runs, too: it goes on for the last', async () => {
    const { ollama, generation, stop, outcomes, chats } = await crowd();
    for (const at of chats.keys()) if (at !== 50) await stop(at);
    expect(ollama.running()).toBe(1);
    generation.release();
    const ended = await outcomes();
    expect(ended.filter((one) => one?.kind === 'cancelled')).toHaveLength(99);
    expect(ended[50]).toMatchObject({ kind: 'answer', answer: { from: 'cache' } });
    expect(generated(ollama)).toBe(1);
  });

  it('of whom all stop: the request at Ollama ends at once', async () => {
    const { ollama, stop, outcomes, chats } = await crowd();
    for (const at of chats.keys()) await stop(at);
    await ollama.until(() => ollama.running() === 0);
    const ended = await outcomes();
    expect(new Set(ended.map((one) => one?.kind))).toEqual(new Set(['cancelled']));
    expect(generated(ollama)).toBe(1);
  });
});
