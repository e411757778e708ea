import { describe, expect, it } from 'vitest';
import { exchange, ps } from './client.ts';
import { MODELS, smallServers } from './small-server.ts';

const start = smallServers();

describe('a faithful simulator covers', () => {
  it('no bytes during a load', async () => {
    const { ollama, chat } = await start();
    const hold = ollama.hold({ at: 'load', model: 'a' });
    let headers = false;
    const answer = chat('a', { stream: true }).then((result) => {
      headers = true;
      return result;
    });
    await hold.reached;
    await ps(ollama);
    expect(headers).toBe(false);
    expect(ollama.requests()[0]?.status).toBeUndefined();
    hold.release();
    expect((await answer).status).toBe(200);
  });

  it('a loading model hidden in ps, which answers at once', async () => {
    const { ollama, load } = await start();
    const hold = ollama.hold({ at: 'load', model: 'b' });
    await load('a');
    const loading = load('b');
    await hold.reached;
    expect((await ps(ollama)).map(({ name }) => name)).toEqual(['a:latest']);
    hold.release();
    await loading;
    expect((await ps(ollama)).map(({ name }) => name).toSorted()).toEqual(['a:latest', 'b:latest']);
  });

  it('sticky keep_alive', async () => {
    const { ollama, load, chat } = await start();
    await load('a', { keep_alive: '10m' });
    await chat('a');
    await exchange(ollama, {
      path: '/v1/chat/completions',
      body: { model: 'a', messages: [{ role: 'user', content: 'x' }], keep_alive: '77m' },
    });
    expect(ollama.residents()[0]?.keepAliveSeconds).toBe(600);
    await chat('a', { keep_alive: -1 });
    expect(ollama.residents()[0]?.keepAliveSeconds).toBeNull();
    expect((await ps(ollama))[0]?.expires_at).toMatch(/^23\d\d-/);
  });

  it('stale expires_at while busy', async () => {
    const { ollama, load, chat } = await start();
    await load('a', { keep_alive: 0.05 });
    const hold = ollama.hold({ at: 'generation', afterTokens: 1 });
    const answer = chat('a');
    await hold.reached;
    const expiresAt = ollama.residents()[0]?.expiresAtMs ?? Number.POSITIVE_INFINITY;
    while (Date.now() < expiresAt + 5) await ps(ollama);
    expect(Date.parse((await ps(ollama))[0]?.expires_at ?? '')).toBeLessThan(Date.now());
    hold.release();
    await answer;
    await ollama.until(() => ollama.residents().length === 0);
  });

  it('asynchronous unload and a lag before VRAM is free', async () => {
    const { ollama, load } = await start({
      speed: 2,
      vramLagSeconds: 100,
      models: [{ ...MODELS[3], coldSeconds: 0.1, warmSeconds: 0.1 }],
    });
    await load('big');
    const gone = ollama.when('unload');
    const unload = await load('big', { keep_alive: 0 });
    expect(unload.body).toMatchObject({ done_reason: 'unload' });
    expect((await ps(ollama)).map(({ name }) => name)).toEqual(['big:latest']);
    await gone;
    expect(await ps(ollama)).toEqual([]);
    await load('big');
    const [squeezed] = await ps(ollama);
    expect(squeezed?.size_vram).toBeLessThan(squeezed?.size ?? 0);
  });

  it('an eviction of its own that waits until VRAM is free', async () => {
    const { ollama, load } = await start({ vramLagSeconds: 2_000 });
    await load('big');
    const free = ollama.when('memory-free');
    const begun = ollama.when('load-begin');
    const loading = load('a');
    expect((await free).atMs).toBeLessThanOrEqual((await begun).atMs);
    await loading;
    expect(ollama.residents()[0]).toMatchObject({ tag: 'a:latest' });
    expect(ollama.residents()[0]?.vramBytes).toBe(ollama.residents()[0]?.sizeBytes);
  });

  it('FIFO head-blocking: nothing is collated, and nobody overtakes a load', async () => {
    const { ollama, load, loads } = await start({ maxLoaded: 1 });
    const hold = ollama.hold({ at: 'load', model: 'a' });
    const first = load('a');
    await hold.reached;
    const others = [];
    for (const [index, model] of ['b', 'a', 'b'].entries()) {
      others.push(load(model));
      await ollama.until(() => ollama.queued() === index + 2);
    }
    expect(loads()).toEqual(['a']);
    hold.release();
    await Promise.all([first, ...others]);
    expect(loads()).toEqual(['a', 'b', 'a', 'b']);
  });

  it('the victim order: the shortest keep_alive setting, idle ones first', async () => {
    const { ollama, load, chat, tags } = await start({ maxLoaded: 2 });
    await load('a', { keep_alive: '1m' });
    await load('b', { keep_alive: '30m' });
    await load('c');
    expect(tags()).toEqual(['b', 'c']);
    const hold = ollama.hold({ at: 'generation', model: 'c' });
    const busy = chat('c', { keep_alive: '1s' });
    await hold.reached;
    await load('a');
    expect(tags()).toEqual(['c', 'a']);
    hold.release();
    await busy;
  });

  it('the #17408 hang, which an explicit unload ends', async () => {
    const { ollama, load, chat, tags } = await start({ maxLoaded: 1 });
    await load('a', { keep_alive: '30m' });
    const hold = ollama.hold({ at: 'generation', model: 'a' });
    const first = chat('a', { keep_alive: '30m' });
    await hold.reached;
    const other = load('b');
    await ollama.until(() => ollama.queued() === 1);
    expect(ollama.residents()[0]?.keepAliveSeconds).toBe(0);
    const second = chat('a', { keep_alive: '30m' });
    await ollama.until(() => ollama.residents()[0]?.references === 2);
    hold.release();
    await Promise.all([first, second]);
    await ollama.until(() => ollama.running() === 0);
    expect(tags()).toEqual(['a']);
    expect(ollama.queued()).toBe(1);
    expect(ollama.residents()[0]).toMatchObject({ references: 0, keepAliveSeconds: 1_800 });
    await load('a', { keep_alive: 0 });
    await other;
    expect(tags()).toEqual(['b']);
  });
});
