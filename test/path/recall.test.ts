import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/chat/exchange.ts';
import type { Message } from '../../src/chat/message.ts';
import { ALONE, cachingHouse, fromOf, generated, inChat, MODEL, twice } from '../cache/house.ts';

describe('the same question', () => {
  it('is answered once; from then on its person has the answer from the cache, with its age', async () => {
    const { ollama, ostler } = await cachingHouse();
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
    const { ollama, ostler } = await cachingHouse();
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
    const { ollama, ostler } = await cachingHouse({
      llm: { cache: { type: 'none' }, routing: { default: MODEL } },
    });
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
    const { ollama, ostler, open } = await cachingHouse();
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
    const { ollama, ostler } = await cachingHouse();
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
    const { ollama, ostler } = await cachingHouse(config);
    expect(await twice(ostler, 'Why?', ALONE, { ...ALONE, ...wish })).toEqual(['local', 'local']);
    expect(generated(ollama)).toBe(2);
  });

  it('not with a seed, whatever the temperature', async () => {
    const { ostler } = await cachingHouse({
      llm: { options: { temperature: 0.9, seed: 7 }, routing: { default: MODEL } },
    });
    expect(await twice(ostler, 'Why?', ALONE, ALONE)).toEqual(['local', 'cache']);
  });

  it('by an answer that nobody wants to have kept, or that was cut off', async () => {
    const { ostler } = await cachingHouse();
    expect(await twice(ostler, 'Why?', { ...ALONE, cache: { keep: false } }, ALONE)).toEqual([
      'local',
      'local',
    ]);
    const short = await cachingHouse({
      llm: { options: { temperature: 0, num_predict: 1 }, routing: { default: MODEL } },
    });
    expect(await twice(short.ostler, 'Why is that so?', ALONE, ALONE)).toEqual(['local', 'local']);
  });

  it('to ask again, which keeps the new answer', async () => {
    const numbers = [1, 2, 3];
    const { ostler } = await cachingHouse({}, { answer: () => `Answer ${numbers.shift()}` });
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
    const { ostler } = await cachingHouse({ response_cache: { scope } });
    expect(await twice(ostler, 'Why?', inChat('one'), inChat(chat, person))).toEqual(['local', from]);
  });

  it('is nobody else’s where a chat has its own prompt, or the question a history', async () => {
    const { ostler } = await cachingHouse({ response_cache: { scope: 'shared' } });
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
    const { ostler } = await cachingHouse();
    expect(await twice(ostler, 'Why?', { ...inChat('one'), kind: 'group' }, inChat('two'))).toEqual([
      'local',
      'local',
    ]);
  });

  it('is found no more after /forget, wherever its person asks, and is that of others still', async () => {
    const { ostler } = await cachingHouse();
    await ostler.ask('Why?', inChat('one'));
    await ostler.ask('Why?', inChat('ben', 'ben'));
    await ostler.front.forget({ platform: 'web', chat: 'one' }, 'f', 'tester');
    expect(fromOf(await ostler.ask('Why?', inChat('two')))).toBe('local');
    expect(fromOf(await ostler.ask('Why?', inChat('ben', 'ben')))).toBe('cache');
  });

  it('is found no more when all is cleared', async () => {
    const { ostler } = await cachingHouse();
    await ostler.ask('Why?', ALONE);
    await ostler.front.clearCache();
    expect(fromOf(await ostler.ask('Why?', ALONE))).toBe('local');
    expect(ostler.front.cacheStats().l1.entries).toBe(1);
  });
});

it('costs none of the tokens of a day, which an answer of a model does', async () => {
  const unhurried = { messages_per_minute: null };
  const limits = { per_person: { ...unhurried, tokens_per_day: 300 }, per_chat: unhurried };
  const { ollama, ostler } = await cachingHouse({ limits });
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
