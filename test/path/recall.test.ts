import { describe, expect, it } from 'vitest';
import type { Ollama } from '../../demo/ollama/ollama.ts';
import type { Outcome } from '../../src/chat/exchange.ts';
import type { Message } from '../../src/chat/message.ts';
import { simulatedOllama, type TestOstler, temporaryFolder, testOstler } from '../servers/ostler.ts';

const MODEL = 'qwen2.5:7b';
const ALONE = { standalone: true } as const;

async function house(more: Record<string, unknown> = {}, options = {}) {
  const ollama = await simulatedOllama({
    answer: ({ turns }) => `You said: ${turns.at(-1)?.content}`,
    ...options,
  });
  const { llm, ...rest } = more;
  const config = {
    data_dir: await temporaryFolder(),
    response_cache: {},
    llm: { routing: { default: MODEL }, options: { temperature: 0 }, ...(llm as object) },
    ...rest,
  };
  const open = () => testOstler(ollama, config);
  return { ollama, open, ostler: await open() };
}

/** How many answers were generated. */
const generated = (ollama: Ollama) =>
  ollama
    .requests()
    .filter(
      ({ path, body }) =>
        path === '/api/chat' && ((body as { messages?: unknown[] }).messages ?? []).length > 0,
    ).length;

const inChat = (chat: string, person = 'tester'): Partial<Message> => ({
  address: { platform: 'web', chat },
  person: { id: person },
  ...ALONE,
});

const fromOf = (outcome: Outcome) => (outcome.kind === 'answer' ? outcome.answer.from : outcome.kind);

async function twice(ostler: TestOstler, text: string, first: Partial<Message>, second: Partial<Message>) {
  return [fromOf(await ostler.ask(text, first)), fromOf(await ostler.ask(text, second))];
}

describe('the same question', () => {
  it('is answered once; from then on its person has the answer from the cache, with its age', async () => {
    const { ollama, ostler } = await house();
    await ostler.ask('Why?', ALONE);
    expect(await ostler.ask('Why?', inChat('two'))).toMatchObject({
      kind: 'answer',
      answer: {
        from: 'cache',
        text: 'You said: Why?',
        ageSeconds: expect.any(Number),
        provenance: { model: MODEL },
      },
    });
    expect(generated(ollama)).toBe(1);
    const { hits, misses, hit_rate, saved_tokens } = ostler.front.cacheStats();
    expect({ hits, misses, hit_rate }).toEqual({ hits: 1, misses: 1, hit_rate: 0.5 });
    expect(saved_tokens).toBeGreaterThan(0);
  });

  it('takes no slot and wants no model: it is answered while the only one is busy', async () => {
    const { ollama, ostler } = await house();
    await ostler.ask('Why?', ALONE);
    const generation = ollama.hold({ at: 'generation' });
    const busy = await ostler.send('Something long', inChat('busy'));
    await generation.reached;
    expect(fromOf(await ostler.ask('Why?', inChat('two')))).toBe('cache');
    expect(ostler.front.status().running).toBe(1);
    generation.release();
    await ostler.follow('busy').outcome(busy.job);
  });

  it('is answered without loading its model again', async () => {
    const { ollama, ostler } = await house({ llm: { cache: { type: 'none' }, routing: { default: MODEL } } });
    await ostler.ask('Why?', ALONE);
    await ollama.until(() => ollama.residents().length === 0);
    const before = ollama.requests().length;
    expect(fromOf(await ostler.ask('Why?', ALONE))).toBe('cache');
    expect(
      ollama
        .requests()
        .slice(before)
        .filter(({ path }) => path === '/api/chat' || path === '/api/generate'),
    ).toEqual([]);
  });

  it('is in the second tier after a restart', async () => {
    const { ollama, ostler, open } = await house();
    await ostler.ask('Why?', ALONE);
    await ostler.close();
    const again = await open();
    expect(fromOf(await again.ask('Why?', ALONE))).toBe('cache');
    expect(generated(ollama)).toBe(1);
    expect(again.front.cacheStats()).toMatchObject({
      hits: 1,
      misses: 1,
      l2: { backend: 'sqlite', hits: 1 },
    });
  });

  it('of a conversation is another one: its history is part of it', async () => {
    const { ollama, ostler } = await house();
    await ostler.ask('Why?');
    await ostler.ask('Why?');
    expect(generated(ollama)).toBe(2);
  });
});

describe('the cache is passed by', () => {
  const answeredAnew: readonly [string, Record<string, unknown>, Partial<Message>][] = [
    ['where it is off', { response_cache: { enabled: false } }, {}],
    ['above the temperature', { llm: { options: { temperature: 0.7 }, routing: { default: MODEL } } }, {}],
    ['where the model brings no temperature', { llm: { options: {}, routing: { default: MODEL } } }, {}],
    [
      'where a rule says so',
      {
        llm: {
          options: { temperature: 0 },
          routing: { default: MODEL, rules: [{ pattern: 'why', model: MODEL, cache: false }] },
        },
      },
      {},
    ],
    ['by who wants a fresh answer', {}, { cache: { read: false } }],
  ];

  it.each(answeredAnew)('%s', async (_, config, wish) => {
    const { ollama, ostler } = await house(config);
    expect(await twice(ostler, 'Why?', ALONE, { ...ALONE, ...wish })).toEqual(['local', 'local']);
    expect(generated(ollama)).toBe(2);
  });

  it('not with a seed, whatever the temperature', async () => {
    const { ostler } = await house({
      llm: { options: { temperature: 0.9, seed: 7 }, routing: { default: MODEL } },
    });
    expect(await twice(ostler, 'Why?', ALONE, ALONE)).toEqual(['local', 'cache']);
  });

  it('by an answer that nobody wants to have kept, or that was cut off', async () => {
    const { ostler } = await house();
    expect(await twice(ostler, 'Why?', { ...ALONE, cache: { keep: false } }, ALONE)).toEqual([
      'local',
      'local',
    ]);
    const short = await house({
      llm: { options: { temperature: 0, num_predict: 1 }, routing: { default: MODEL } },
    });
    expect(await twice(short.ostler, 'Why is that so?', ALONE, ALONE)).toEqual(['local', 'local']);
  });

  it('to ask again, which keeps the new answer', async () => {
    const numbers = [1, 2, 3];
    const { ostler } = await house({}, { answer: () => `Answer ${numbers.shift()}` });
    const address = { platform: 'web', chat: 'one' };
    const first = await ostler.send('Why?', ALONE);
    await ostler.follow().outcome(first.job);
    const again = await ostler.front.again(address, first.job, 'again-1');
    if (again.kind === 'refused') throw new Error('It was refused.');
    expect(await ostler.follow().outcome(again.job)).toMatchObject({
      answer: { from: 'local', text: 'Answer 2' },
    });
    expect(await ostler.ask('Why?', ALONE)).toMatchObject({ answer: { from: 'cache', text: 'Answer 2' } });
  });
});

describe('whose answer it is', () => {
  it.each([
    ['user', 'one', 'ben', 'local'],
    ['user', 'two', 'tester', 'cache'],
    ['chat', 'one', 'ben', 'cache'],
    ['chat', 'two', 'tester', 'local'],
    ['shared', 'two', 'ben', 'cache'],
  ])('scope %s: in chat %s, %s has it: %s', async (scope, chat, person, from) => {
    const { ostler } = await house({ response_cache: { scope } });
    expect(await twice(ostler, 'Why?', inChat('one'), inChat(chat, person))).toEqual(['local', from]);
  });

  it('is nobody else’s where a chat has its own prompt, or the question a history', async () => {
    const { ostler } = await house({ response_cache: { scope: 'shared' } });
    await ostler.front.setSystemPrompt({ platform: 'web', chat: 'one' }, 'Be brief');
    expect(await twice(ostler, 'Why?', inChat('one'), inChat('one', 'ben'))).toEqual(['local', 'local']);
    const asked = await twice(
      ostler,
      'How?',
      { ...inChat('two'), standalone: false },
      { ...inChat('three', 'ben'), standalone: false },
    );
    expect(asked).toEqual(['local', 'local']);
  });

  it('that was given in a group stays there', async () => {
    const { ostler } = await house();
    expect(await twice(ostler, 'Why?', { ...inChat('one'), kind: 'group' }, inChat('two'))).toEqual([
      'local',
      'local',
    ]);
  });

  it('is found no more after /forget, wherever its person asks, and is that of others still', async () => {
    const { ostler } = await house();
    await ostler.ask('Why?', inChat('one'));
    await ostler.ask('Why?', inChat('ben', 'ben'));
    await ostler.front.forget({ platform: 'web', chat: 'one' }, 'f', 'tester');
    expect(fromOf(await ostler.ask('Why?', inChat('two')))).toBe('local');
    expect(fromOf(await ostler.ask('Why?', inChat('ben', 'ben')))).toBe('cache');
  });

  it('is found no more when all is cleared', async () => {
    const { ostler } = await house();
    await ostler.ask('Why?', ALONE);
    await ostler.front.clearCache();
    expect(fromOf(await ostler.ask('Why?', ALONE))).toBe('local');
    expect(ostler.front.cacheStats().l1.entries).toBe(1);
  });
});

it('costs none of the tokens of a day, which an answer of a model does', async () => {
  const unhurried = { messages_per_minute: null };
  const limits = { per_person: { ...unhurried, tokens_per_day: 300 }, per_chat: unhurried };
  const { ollama, ostler } = await house({ limits });
  await ostler.ask('Why?', ALONE);
  const again = [];
  for (let asked = 0; asked < 50; asked += 1) again.push(fromOf(await ostler.ask('Why?', ALONE)));
  expect(new Set(again)).toEqual(new Set(['cache']));
  let last: Outcome | undefined;
  for (let asked = 0; last?.kind !== 'failure' && asked < 50; asked += 1)
    last = await ostler.ask(`Why ${asked}?`, ALONE);
  expect(last).toMatchObject({ failure: { code: 'limited' } });
  expect(generated(ollama)).toBeGreaterThan(1);
});

describe('a hundred chats that ask the same at once', () => {
  const SHARED = { response_cache: { scope: 'shared' } };

  /** Resolves once the first of them is being answered. */
  async function crowd(count = 100) {
    const { ollama, ostler } = await house(SHARED);
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
