import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { Ollama } from '../../demo/ollama/ollama.ts';
import type { Outcome } from '../../src/chat/exchange.ts';
import type { Message } from '../../src/chat/message.ts';
import { renderPrompt } from '../../src/chat/render-prompt.ts';
import { simulatedOllama, type TestOstler, temporaryFolder, testOstler } from '../servers/ostler.ts';
import { buttonsOf, telegramBot } from '../servers/telegram-bot.ts';

const MODEL = 'qwen2.5:7b';
const ALONE = { standalone: true } as const;
const SEES = 'qwen2.5vl:7b';

async function house(llm: Record<string, unknown> = {}, more: Record<string, unknown> = {}, options = {}) {
  const ollama = await simulatedOllama({
    answer: ({ turns }) => `You said: ${turns.at(-1)?.content}`,
    ...options,
  });
  const config = {
    data_dir: await temporaryFolder(),
    response_cache: {},
    llm: { routing: { default: MODEL }, options: { temperature: 0 }, ...llm },
    ...more,
  };
  return { ollama, config, ostler: await testOstler(ollama, config) };
}

const fromOf = (outcome: Outcome) => (outcome.kind === 'answer' ? outcome.answer.from : outcome.kind);

const ask = async (ostler: TestOstler, text: string, more: Partial<Message> = ALONE) =>
  fromOf(await ostler.ask(text, more));

const generated = (ollama: Ollama) => ollama.requests().filter(({ path }) => path === '/api/chat').length;

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
    const { ostler } = await house();
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
  it('what is stored names nobody: its keys are hashes, and the ids in them are secret', async () => {
    const { ostler } = await house();
    await ask(ostler, 'Why?', { ...ALONE, person: { id: 'ada-lovelace' } });
    const rows = await rowsOf(ostler);
    const text = JSON.stringify(rows);
    expect(text).toContain('You said: Why?');
    expect(text).toMatch(/[0-9a-f]{64}/);
    expect(text).not.toMatch(/ada-lovelace|tester/);
    const guess = createHash('sha256').update('web:ada-lovelace').digest();
    for (const form of ['hex', 'base64'] as const) expect(text).not.toContain(guess.toString(form));
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
    const { ostler } = await house(
      { system_prompt: 'You talk with {name}.' },
      { response_cache: { scope: 'shared' } },
    );
    const by = (name: string) => ask(ostler, 'Why?', { ...ALONE, person: { id: name, name } });
    expect([await by('Ada'), await by('Ben'), await by('Ada')]).toEqual(['local', 'local', 'cache']);
  });
});

it('rule 4: of a picture its bytes count, wherever it lies', async () => {
  const { ostler } = await house(
    { routing: { default: SEES } },
    {},
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
  const { ostler } = await house(
    { models: { deep: model }, routing: { default: 'deep' } },
    {},
    {
      models: [{ tag, sizeGb: 4, capabilities: ['completion', 'thinking'] }],
    },
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

describe('rule 6: only a whole answer is kept', () => {
  it('not one that was cut off, stopped, or failed', async () => {
    const { ollama, ostler } = await house({ options: { temperature: 0, num_predict: 1 } });
    expect(await ask(ostler, 'Why is that so?')).toBe('local');
    expect(await ask(ostler, 'Why is that so?')).toBe('local');
    ostler.reload({ ...ostler.config, llm: { ...ostler.config.llm, options: { temperature: 0 } } });
    const generation = ollama.hold({ at: 'generation', afterTokens: 1 });
    const stopped = await ostler.send('What is long?', ALONE);
    await generation.reached;
    await ostler.front.stop({ platform: 'web', chat: 'one' });
    generation.release();
    expect(fromOf(await ostler.follow().outcome(stopped.job))).toBe('cancelled');
    expect(await ask(ostler, 'What is long?')).toBe('local');
    expect(ostler.front.cacheStats().hits).toBe(0);
  });
});

describe('rule 7: temperature', () => {
  it.each([
    [{ temperature: 0.3 }, 'cache'],
    [{ temperature: 0.31 }, 'local'],
    [{ temperature: 0.9, seed: 1 }, 'cache'],
    [{}, 'local'],
  ])('with %j the second answer is %s', async (options, from) => {
    const { ostler } = await house({ options });
    await ask(ostler, 'Why?');
    expect(await ask(ostler, 'Why?')).toBe(from);
  });
});

it('rule 8: a model that was pulled again is another one', async () => {
  const { ollama, config, ostler } = await house({}, {}, { models: [{ tag: MODEL, sizeGb: 4 }] });
  expect([await ask(ostler, 'Why?'), await ask(ostler, 'Why?')]).toEqual(['local', 'cache']);
  await ostler.close();
  ollama.deleteModel(MODEL);
  ollama.addModel({ tag: MODEL, sizeGb: 4, revision: '2' });
  const again = await testOstler(ollama, config);
  expect([await ask(again, 'Why?'), await ask(again, 'Why?')]).toEqual(['local', 'cache']);
});

it('rule 9: equal questions at the same time are one generation', async () => {
  const { ollama, ostler } = await house({}, { response_cache: { scope: 'shared' } });
  const all = await Promise.all(
    Array.from({ length: 10 }, (_, at) =>
      ask(ostler, 'Why?', { ...ALONE, address: { platform: 'web', chat: `c${at}` } }),
    ),
  );
  expect(all.filter((from) => from === 'local')).toHaveLength(1);
  expect(generated(ollama)).toBeLessThanOrEqual(2);
});

it('rule 10: what is asked while all is cleared does not come back', async () => {
  const { ollama, ostler } = await house();
  const generation = ollama.hold({ at: 'generation', afterTokens: 1 });
  const asked = await ostler.send('Why?', ALONE);
  await generation.reached;
  await ostler.front.clearCache();
  generation.release();
  await ostler.follow().outcome(asked.job);
  expect(await ask(ostler, 'Why?')).toBe('local');
  expect(await ask(ostler, 'Why?')).toBe('cache');
});

it('rule 11: what the second tier gives is looked at: a bad value is a miss, counted as an error', async () => {
  const { ollama, config, ostler } = await house();
  await ask(ostler, 'Why?');
  await ostler.close();
  const db = new DatabaseSync(join(config.data_dir, 'cache.db'));
  db.exec("UPDATE entries SET kept = replace(kept, 'You said', '\"')");
  db.close();
  const again = await testOstler(ollama, config);
  expect(await ask(again, 'Why?')).toBe('local');
  expect(again.front.cacheStats()).toMatchObject({ l2: { errors: 1, hits: 0 } });
});

it('rule 12: an answer from the cache is one message, marked with its age, and can be asked afresh', async () => {
  const bot = await telegramBot({
    llm: {
      options: { temperature: 0 },
      routing: { default: MODEL, rules: [{ pattern: 'why', model: MODEL, standalone: true }] },
    },
  });
  const { ada, chat, said, asked, telegram } = bot;
  ada.send(chat, 'Why?');
  await said(chat, ({ text }) => text.includes('🏠'));
  const before = telegram.requests().length;
  ada.send(chat, 'Why?');
  const cached = await said(chat, ({ text }) => text.includes('⚡'));
  expect(cached.text).toMatch(
    /⚡ qwen2\.5:7b · .*(from the cache, \d+\ss old|the answer to an equal question)/,
  );
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
