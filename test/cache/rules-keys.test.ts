import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { renderPrompt } from '../../src/chat/render-prompt.ts';
import { skippableTime } from '../fakes/skippable-time.ts';
import { type TestOstler, testOstler } from '../servers/ostler.ts';
import { ALONE, ask, cachingHouse, MODEL } from './house.ts';
import { openRedis } from './redis-house.ts';

const SEES = 'qwen2.5vl:7b';
const PULLED = { models: [{ tag: MODEL, sizeGb: 4 }] };

/** The rows of the second tier, once there are so many. */
async function rowsOf(ostler: TestOstler): Promise<readonly Record<string, unknown>[]> {
  await ostler.close();
  const db = new DatabaseSync(join(ostler.config.data_dir, 'cache.db'));
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  const rows = tables.flatMap(({ name }) => db.prepare(`SELECT * FROM "${name}"`).all());
  db.close();
  return rows;
}

describe('rule 1: the context is part of the key, exactly as it is sent', () => {
  it('history and options make another question, a temperature that rounds to the same does not', async () => {
    const { ostler } = await cachingHouse();
    expect(await ask(ostler, 'Why?', {})).toBe('local');
    expect(await ask(ostler, 'Why?', {})).toBe('local');
    expect(await ask(ostler, 'Why?')).toBe('cache');
    const { config } = ostler;
    const withOptions = (options: object) =>
      ostler.reload({ ...config, llm: { ...config.llm, options: { temperature: 0, ...options } } });
    withOptions({ num_predict: 500 });
    expect(await ask(ostler, 'Why?')).toBe('local');
    withOptions({ temperature: 0.001, num_predict: 500 });
    expect(await ask(ostler, 'Why?')).toBe('cache');
  });
});

describe('rule 2: privacy', () => {
  const guessed = createHash('sha256').update('web:ada-lovelace').digest();
  const guesses = [guessed.toString('hex'), guessed.toString('base64')];

  it('what is stored names nobody: its keys are hashes, and the ids in them are secret', async () => {
    const { ostler } = await cachingHouse();
    await ask(ostler, 'Why?', { ...ALONE, person: { id: 'ada-lovelace' } });
    const rows = await rowsOf(ostler);
    const text = JSON.stringify(rows);
    expect(text).toContain('You said: Why?');
    expect(text).toMatch(/[0-9a-f]{64}/);
    expect(text).not.toMatch(/ada-lovelace|tester/);
    for (const guess of guesses) expect(text).not.toContain(guess);
  });

  it('nor does it on Redis: its keys are hashes, under a prefix', async () => {
    const { url, plain } = await openRedis();
    const { ostler } = await cachingHouse({ response_cache: { l2: { backend: 'redis', redis_url: url } } });
    while (ostler.front.cacheStats().l2?.state !== 'ready') await new Promise(setImmediate);
    await ask(ostler, 'Why?', { ...ALONE, person: { id: 'ada-lovelace' } });
    await ostler.close();
    const keys = await plain.keys('*');
    expect(keys).toEqual([expect.stringMatching(/^ostler:cache:([0-9a-f]{8}:)?[0-9a-f]{64}$/)]);
    const text = `${keys} ${await plain.mget(keys)}`;
    expect(text).toContain('You said: Why?');
    expect(text).not.toMatch(/ada-lovelace|tester/);
    for (const guess of guesses) expect(text).not.toContain(guess);
  });
});

describe('rule 3: the system prompt is rendered before it is hashed', () => {
  it('with a day, never a clock, and the name of who asks', () => {
    const morning = new Date(2026, 0, 2, 8).getTime();
    const prompt = 'It is {date}. You talk with {name}.';
    expect(renderPrompt(prompt, { name: 'Ada $&', at: morning })).toBe(
      'It is 2026-01-02. You talk with Ada $&.',
    );
    expect(renderPrompt(prompt, { at: morning })).toBe(
      renderPrompt(prompt, { at: morning + 12 * 3_600_000 }),
    );
    expect(renderPrompt(prompt, { at: morning })).not.toBe(
      renderPrompt(prompt, { at: morning + 24 * 3_600_000 }),
    );
  });

  it('another name or prompt is another question', async () => {
    const { ostler } = await cachingHouse({
      llm: { system_prompt: 'You talk with {name}.', options: { temperature: 0 } },
      response_cache: { scope: 'shared' },
    });
    const by = (name: string) => ask(ostler, 'Why?', { ...ALONE, person: { id: name, name } });
    expect([await by('Ada'), await by('Ben'), await by('Ada')]).toEqual(['local', 'local', 'cache']);
  });
});

it('rule 4: of a picture its bytes count, wherever it lies', async () => {
  const { ostler } = await cachingHouse(
    { llm: { options: { temperature: 0 }, routing: { default: SEES } } },
    { models: [{ tag: SEES, sizeGb: 6, capabilities: ['completion', 'vision'] }] },
  );
  const picture = async (text: string, mediaType = 'image/png') => ({
    ...ALONE,
    images: [await ostler.front.keepFile(Buffer.from(text), mediaType)],
  });
  expect(await ask(ostler, 'What?', await picture('one'))).toBe('local');
  expect(await ask(ostler, 'What?', await picture('one', 'image/jpeg'))).toBe('cache');
  expect(await ask(ostler, 'What?', await picture('two'))).toBe('local');
});

it('rule 5: thinking is part of the key, kept apart from the text, and given again as thinking', async () => {
  const tag = 'deepseek-r1:7b';
  const model = { name: tag, think: true };
  const { ostler } = await cachingHouse(
    { llm: { options: { temperature: 0 }, models: { deep: model }, routing: { default: 'deep' } } },
    { models: [{ tag, sizeGb: 4, capabilities: ['completion', 'thinking'] }] },
  );
  const first = await ostler.ask('Why?', ALONE);
  if (first.kind !== 'answer' || first.answer.thinking === undefined) throw new Error('It did not think.');
  expect(await ostler.ask('Why?', ALONE)).toMatchObject({
    answer: { from: 'cache', text: first.answer.text, thinking: first.answer.thinking },
  });
  const { config } = ostler;
  ostler.reload({
    ...config,
    llm: {
      ...config.llm,
      models: { deep: { ...(config.llm.models.deep as object), think: false } as never },
    },
  });
  expect(await ask(ostler, 'Why?')).toBe('local');
});

describe('rule 8: what a model’s name stands for is part of the key', () => {
  it('one that was pulled again while nothing ran is another one', async () => {
    const { ollama, config, ostler } = await cachingHouse({}, PULLED);
    expect([await ask(ostler, 'Why?'), await ask(ostler, 'Why?')]).toEqual(['local', 'cache']);
    await ostler.close();
    ollama.deleteModel(MODEL);
    ollama.addModel({ tag: MODEL, sizeGb: 4, revision: '2' });
    const again = await testOstler(ollama, config);
    expect([await ask(again, 'Why?'), await ask(again, 'Why?')]).toEqual(['local', 'cache']);
  });

  it('one that was pulled while it ran is, as soon as its list is a minute old', async () => {
    const time = skippableTime();
    const { ollama, ostler } = await cachingHouse({}, PULLED);
    const lists = () => ollama.requests().filter(({ path }) => path === '/api/tags').length;
    expect([await ask(ostler, 'Why?'), await ask(ostler, 'Why?')]).toEqual(['local', 'cache']);
    const before = lists();
    ollama.deleteModel(MODEL);
    ollama.addModel({ tag: MODEL, sizeGb: 4, revision: '2' });
    expect(await ask(ostler, 'Why?')).toBe('cache');
    expect(lists()).toBe(before);
    time.skip(60_001);
    expect([await ask(ostler, 'Why?'), await ask(ostler, 'Why?')]).toEqual(['local', 'cache']);
    // Because it was old, and because what is in memory is not what its name stands for.
    expect(lists()).toBe(before + 2);
  });
});
