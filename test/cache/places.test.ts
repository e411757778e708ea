import { describe, expect, it } from 'vitest';
import { simulatedOllama, temporaryFolder, testOstler } from '../servers/ostler.ts';
import { asks, houseOn, openRedis } from './redis-house.ts';

const LLM = { routing: { default: 'qwen2.5:7b' }, options: { temperature: 0 } };

describe('two Ostlers with one Redis for their caches', () => {
  it('keep what they have apart: what one clears, the other one still has', async () => {
    const redis = await openRedis();
    const [one, other] = [await houseOn(redis.url), await houseOn(redis.url)];
    await Promise.all([one.reaches('ready'), other.reaches('ready')]);
    expect([await one.ask('Why?'), await other.ask('Why?')]).toEqual(['local', 'local']);
    await Promise.all([one.hasTaken(1), other.hasTaken(1)]);
    const keys = await redis.plain.keys('*');
    expect(keys.map((key) => key.replace(/[0-9a-f]{8}:[0-9a-f]{64}$/, 'ID:HASH'))).toEqual(
      Array(2).fill('ostler:cache:ID:HASH'),
    );
    expect(await one.clear()).toEqual({ complete: true });
    expect(await other.clear('memory')).toEqual({ complete: true });
    expect([await one.ask('Why?'), await other.ask('Why?')]).toEqual(['local', 'cache']);
  });

  it('have their keys where the configuration says', async () => {
    const redis = await openRedis();
    const { ask, reaches, hasTaken } = await houseOn(redis.url, { prefix: 'kitchen' });
    await reaches('ready');
    await ask('Why?');
    await hasTaken(1);
    expect(await redis.plain.keys('*')).toEqual([
      expect.stringMatching(/^kitchen:[0-9a-f]{8}:[0-9a-f]{64}$/),
    ]);
  });
});

describe('a cache that is off at the start', () => {
  it('uses its second tier once the configuration turns it on', async () => {
    const ollama = await simulatedOllama();
    const config = { data_dir: await temporaryFolder(), response_cache: { enabled: false }, llm: LLM };
    const ostler = await testOstler(ollama, config);
    expect(await asks(ostler).ask('Why?')).toBe('local');
    expect(ostler.front.cacheStats()).toMatchObject({ enabled: false, sets: 0, l2: { entries: 0 } });
    const { response_cache } = ostler.config;
    ostler.reload({ ...ostler.config, response_cache: { ...response_cache, enabled: true } });
    expect(await asks(ostler).ask('Why?')).toBe('local');
    await ostler.close();
    const again = await testOstler(ollama, { ...config, response_cache: {} });
    expect(await asks(again).ask('Why?')).toBe('cache');
  });
});
