import { describe, expect, it } from 'vitest';
import { ps } from './client.ts';
import { errorOf, MODELS, smallServers } from './small-server.ts';

const start = smallServers();

describe('a faithful simulator covers', () => {
  it('a disconnect aborts the load', async () => {
    const { ollama, load, idle } = await start();
    const hold = ollama.hold({ at: 'load' });
    const abort = new AbortController();
    const left = load('a', {}, abort.signal).catch((error: Error) => error.name);
    await hold.reached;
    expect(ollama.running()).toBe(1);
    const ended = ollama.when('load-end');
    const gone = ollama.when('abort');
    abort.abort();
    expect(await left).toBe('AbortError');
    expect(await ended).toMatchObject({ outcome: 'aborted' });
    expect((await gone).request.status).toBe(499);
    await idle();
    expect(ollama.residents()).toEqual([]);
  });

  it('a disconnect cancels the generation, and one that waits for a slot', async () => {
    const { ollama, chat } = await start();
    const hold = ollama.hold({ at: 'generation', afterTokens: 2 });
    const aborts = [new AbortController(), new AbortController()];
    const answers = [];
    for (const [index, { signal }] of aborts.entries()) {
      answers.push(chat('a', {}, signal).catch((error: Error) => error.name));
      if (index === 0) await hold.reached;
    }
    await ollama.until(() => ollama.residents()[0]?.references === 2);
    const ended = ollama.when('generation-end');
    for (const abort of aborts.toReversed()) abort.abort();
    expect(await ended).toMatchObject({ outcome: 'aborted', tokens: 2 });
    expect(await Promise.all(answers)).toEqual(['AbortError', 'AbortError']);
    await ollama.until(() => ollama.residents()[0]?.references === 0);
    expect(ollama.running()).toBe(0);
  });

  it.each<[string, object, object]>([
    ['num_ctx', { options: { num_ctx: 1_024 } }, {}],
    ['num_batch', { options: { num_batch: 64 } }, {}],
    ['num_gpu', { options: { num_gpu: 10 } }, {}],
    ['main_gpu', { options: { main_gpu: 1 } }, {}],
    ['use_mmap', { options: { use_mmap: false } }, {}],
    ['num_thread', { options: { num_thread: 2 } }, {}],
    ['draft_num_predict', { options: { draft_num_predict: 4 } }, {}],
    ['shift', { shift: false }, {}],
  ])('explicit→omitted %s reloads', async (_, explicit, omitted) => {
    const { chat, loads } = await start();
    for (const body of [explicit, explicit, omitted, omitted]) await chat('a', body);
    expect(loads()).toEqual(['a', 'a']);
  });

  it('sampling options, format and think that do not reload', async () => {
    const { chat, loads } = await start({
      models: [{ ...MODELS[0], capabilities: ['completion', 'thinking'] }],
    });
    for (const body of [
      { options: { temperature: 0, top_k: 3, seed: 4 } },
      { format: 'json' },
      { think: false },
    ]) {
      expect((await chat('a', body)).status).toBe(200);
    }
    expect(loads()).toEqual(['a']);
  });

  it('200, then a mid-stream error', async () => {
    const { ollama, chat, loads } = await start();
    ollama.inject({ type: 'stream-breaks', model: 'a', afterTokens: 3 });
    const { status, body } = await chat('a', { stream: true });
    expect(status).toBe(200);
    expect(body).toHaveLength(4);
    expect((body as unknown[]).at(-1)).toEqual({
      error: 'an error was encountered while running the model: unexpected EOF',
    });
    expect((await chat('a')).status).toBe(200);
    expect(loads()).toEqual(['a', 'a']);
  });

  it('a runtime out-of-memory that expires all models', async () => {
    const { ollama, load, chat } = await start();
    await load('a');
    await load('b');
    ollama.inject({ type: 'runtime-out-of-memory', model: 'b', afterTokens: 0 });
    expect(await chat('b')).toMatchObject({
      status: 500,
      body: { error: 'an error was encountered while running the model: CUDA error: out of memory' },
    });
    await ollama.until(() => ollama.residents().length === 0);
  });

  it('a partial offload to the CPU instead of an error', async () => {
    const { ollama, chat } = await start();
    expect((await chat('big')).status).toBe(200);
    const [big] = await ps(ollama);
    expect(big?.size_vram).toBeGreaterThan(0);
    expect(big?.size).toBeGreaterThan(big?.size_vram ?? 0);
  });

  it('cold and warm loads: files stay in RAM, the least recently read goes first', async () => {
    const { ollama, load } = await start({ ramGib: 10, maxLoaded: 1 });
    for (const model of ['a', 'b', 'a', 'c', 'b']) await load(model);
    const from = ollama.events().flatMap((event) => (event.type === 'load-begin' ? [event.from] : []));
    expect(from).toEqual(['disk', 'disk', 'page-cache', 'disk', 'disk']);
    expect(ollama.cached()).toEqual(['c:latest', 'b:latest']);
    ollama.stage('a');
    expect(ollama.cached()).toEqual(['b:latest', 'a:latest']);
  });

  it('NUM_PARALLEL: slots of their own, which the queue does not count', async () => {
    const { ollama, load, chat } = await start({ parallel: 2, maxQueue: 1 });
    await load('a');
    const holds = [1, 2].map(() => ollama.hold({ at: 'generation', model: 'a' }));
    const answers = Array.from({ length: 5 }, () => chat('a'));
    await Promise.all(holds.map(({ reached }) => reached));
    await ollama.until(() => ollama.residents()[0]?.references === 5);
    expect(ollama.running()).toBe(2);
    expect(ollama.queued()).toBe(0);
    for (const hold of holds) hold.release();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  it('MAX_QUEUE', async () => {
    const { ollama, load } = await start({ maxQueue: 1 });
    const hold = ollama.hold({ at: 'load' });
    const pending = [load('a')];
    await hold.reached;
    pending.push(load('b'));
    await ollama.until(() => ollama.queued() === 2);
    const refused = await load('c');
    expect(refused.status).toBe(503);
    expect(errorOf(refused)).toBe('server busy, please try again.  maximum pending requests exceeded');
    hold.release();
    await Promise.all(pending);
  });

  it('MAX_LOADED_MODELS, three by itself', async () => {
    const { load, tags } = await start({ vramGib: 80 });
    for (const model of ['a', 'b', 'c', 'big']) await load(model);
    expect(tags()).toHaveLength(3);
  });
});

it('keeps models for ever where OLLAMA_KEEP_ALIVE is negative, and ends one at its time otherwise', async () => {
  const { ollama, load } = await start({ keepAliveSeconds: -1 });
  await load('a');
  expect((await ps(ollama))[0]?.expires_at).toMatch(/^23\d\d-/);
  const gone = ollama.when('unload');
  await load('b', { keep_alive: '20ms' });
  expect(await gone).toMatchObject({ model: 'b:latest' });
});
