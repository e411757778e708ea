import { describe, expect, it, onTestFinished } from 'vitest';
import { cacheText } from '../../adapters/terminal/cache/cache-text.ts';
import { withPlace } from '../../src/cli/cache-flags.ts';
import { configSchema } from '../../src/config/schema.ts';
import { startRedis } from '../servers/redis.ts';
import { parsed, setting } from './cache-setting.ts';
import { spoken } from './run.ts';

async function redis() {
  const server = await startRedis();
  onTestFinished(() => server.dispose());
  return { server, port: new URL(server.url).port };
}

describe('ostler run', () => {
  it('is ask: without a bot, the second time the answer is from the file, with its age', async () => {
    const { ollama, ask, run, runJson } = await setting();
    expect(await runJson('run', 'hello')).toMatchObject({ source: 'local' });
    expect(await ask()).toMatchObject({ source: 'cache', age_seconds: expect.any(Number) });
    const { stderr } = await run(['ask', 'hello']);
    expect(stderr).toMatch(/^— ⚡ qwen2\.5:7b .*(from the cache, .* old|the answer to an equal question)/);
    expect(spoken(ollama)).toBe(1);
  });

  it('--no-cache neither reads nor keeps, --force-refresh keeps what is new, --cache-ttl says how long', async () => {
    const { ollama, ask, runJson } = await setting();
    expect(await runJson('run', 'hello', '--no-cache')).toMatchObject({ source: 'local' });
    expect(await ask({ cacheTtl: 1_800 })).toMatchObject({ source: 'local' });
    expect(await ask({ cache: false })).toMatchObject({ source: 'local' });
    expect(await runJson('run', 'hello', '--force-refresh', '--cache-ttl', '1800')).toMatchObject({
      source: 'local',
    });
    expect(await ask()).toMatchObject({ source: 'cache' });
    expect(spoken(ollama)).toBe(4);
  });

  it('--cache uses it where it is off, --cache-backend memory keeps nothing for longer', async () => {
    const { ask, runJson } = await setting('response_cache: { enabled: false }\n');
    await runJson('run', 'hello', '--cache', '--cache-backend', 'memory');
    expect(await ask({ cache: true })).toMatchObject({ source: 'local' });
    expect(await ask()).toMatchObject({ source: 'local' });
    expect(await runJson('run', 'hello', '--cache')).toMatchObject({ source: 'cache' });
  });

  it('says that a bot that runs decides where answers are kept', async () => {
    const { run, runBot } = await setting();
    await runBot();
    const there = await run(['run', 'hello', '--cache-backend', 'memory', '--json']);
    expect(there).toMatchObject({
      code: 0,
      stderr: 'ostler: The bot that runs decides where answers are kept: in memory and in sqlite.\n',
    });
    const same = await run(['run', 'hello', '--cache-backend', 'sqlite', '--json']);
    expect([JSON.parse(same.stdout).source, same.stderr]).toEqual(['cache', '']);
    expect(await run(['run', 'hello', '--redis-host', 'localhost'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^ostler: A bot runs here, .*\n {2}Leave the --redis options out: it keeps/,
      ),
    });
  });

  it('exits with 1 where no Redis is named', async () => {
    const { run } = await setting();
    const { code, stdout, stderr } = await run(['run', 'hello', '--cache-backend', 'redis']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/No Redis is named/);
    expect(() => withPlace(configSchema.parse({}), { backend: 'redis' })).toThrow('No Redis is named');
  });

  it('does not understand a backend that there is not', async () => {
    await expect(parsed(['run', 'hello', '--cache-backend', 'disk'])).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/Allowed choices are memory, redis, sqlite/),
    });
  });
});

describe('ostler cache-stats and cache-clear', () => {
  it('work without a bot: on the file', async () => {
    const { ask, run, runJson, stats } = await setting();
    await ask();
    await ask();
    const text = await run(['cache-stats']);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(
      /^Hit rate: 50\s% of 2 questions\n- Too few questions[\s\S]*\n- sqlite: 1 answer;/,
    );
    expect(await runJson('cache-stats')).toMatchObject({
      ...{ hits: 1, misses: 1, hit_rate: 0.5 },
      l2: { entries: 1 },
    });
    expect(cacheText(await stats(), 'memory')).not.toContain('sqlite:');
    expect(await run(['cache-clear', '--no-confirm'])).toEqual({
      code: 0,
      stdout: 'Removed 1 answer.\n',
      stderr: '',
    });
    expect(await ask()).toMatchObject({ source: 'local' });
  });

  it('ask the bot that runs: its memory is meant, too', async () => {
    const { ask, run, runJson, runBot, stats } = await setting();
    await runBot();
    await ask();
    expect(await runJson('cache-stats')).toMatchObject({ sets: 1, l1: { entries: 1 }, l2: { entries: 1 } });
    const memory = await run(['cache-clear', '--backend', 'memory', '--no-confirm']);
    expect(memory).toMatchObject({ code: 0, stdout: 'Removed 1 answer.\n' });
    expect(await stats()).toMatchObject({ l1: { entries: 0 }, l2: { entries: 1 } });
    expect(await ask()).toMatchObject({ source: 'cache' });
    expect(await run(['cache-clear', '--no-confirm'])).toMatchObject({ code: 0 });
    expect(await ask()).toMatchObject({ source: 'local' });
    expect(await run(['cache-clear', '--no-confirm', '--backend', 'redis'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'No answers are kept in redis here.\n  They are kept in memory and in sqlite',
      ),
    });
  });

  it('go to the Redis that is named, where no bot runs', async () => {
    const { port, server } = await redis();
    const { ask, run, runJson, stats } = await setting();
    const there = ['--redis-host', '127.0.0.1', '--redis-port', port];
    expect(await runJson('run', 'hello', '--cache-backend', 'redis', ...there)).toMatchObject({
      source: 'local',
    });
    expect(await ask({ redisUrl: server.url })).toMatchObject({ source: 'cache' });
    expect(await runJson('cache-stats', ...there)).toMatchObject({
      l2: { backend: 'redis', state: 'ready', entries: 1 },
    });
    expect(await stats({ redisUrl: `${server.url}/1` })).toMatchObject({
      l2: { backend: 'redis', entries: 0 },
    });
    expect(await run(['cache-clear', '--backend', 'redis', '--no-confirm', ...there])).toMatchObject({
      code: 0,
      stdout: 'Removed 1 answer.\n',
    });
    expect(await ask({ redisUrl: server.url })).toMatchObject({ source: 'local' });
  });

  it('say that a Redis which cannot be reached was not cleared', async () => {
    const { run } = await setting();
    const nowhere = ['--redis-url', 'redis://127.0.0.1:1'];
    const args = ['cache-clear', '--no-confirm', '--backend', 'redis', ...nowhere];
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('ostler: redis could not be cleared: it is ');
  });

  it('cache-clear without a terminal asks nobody and removes nothing', async () => {
    const { ask, run } = await setting();
    await ask();
    expect(await run(['cache-clear'], 'y\n')).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^ostler: Nobody can be asked here.*\n {2}--no-confirm removes them/),
    });
    expect(await ask()).toMatchObject({ source: 'cache' });
  });
});
