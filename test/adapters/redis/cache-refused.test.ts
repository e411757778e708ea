import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reaches } from '../../contract/cache-tier-contract.ts';
import { failsAtOnce, openRedis, watchedTier, works } from './cache-watched.ts';

const ERROR = { kind: 'error' };

function openPlain(url: string): Redis {
  const plain = new Redis(url);
  onTestFinished(() => plain.disconnect());
  return plain;
}

describe('a cache that Redis refuses', () => {
  it.each([
    ['a wrong password', ':s3cret@', /refused the password/],
    ['no password', '', /wants a password/],
    ['an unknown user', 'nobody:s3cret@', /refused the password/],
  ])('because of %s answers at once and says why, without the password', async (_, login, why) => {
    const server = await openRedis({ password: 'correct-horse' });
    const { tier, told, errors, states } = watchedTier({
      url: `redis://${login}${new URL(server.url).host}`,
    });
    await failsAtOnce(tier);
    await reaches(tier, 'down');
    await failsAtOnce(tier);
    expect(states()).toEqual(['down']);
    expect(told[0]?.detail).toMatch(why);
    expect(JSON.stringify([told, errors])).not.toMatch(/s3cret|correct-horse/);
  });

  it('works with the right password, and never shows it', async () => {
    const server = await openRedis({ password: 'correct-horse' });
    const { tier, told } = watchedTier({ url: server.url });
    await reaches(tier, 'ready');
    await works(tier);
    await server.kill();
    await reaches(tier, 'down');
    expect(JSON.stringify(told)).not.toContain('correct-horse');
  });

  it('because the database does not exist', async () => {
    const server = await openRedis();
    const { tier } = watchedTier({ url: `${server.url}/99` });
    await reaches(tier, 'down');
    expect(tier.health().detail).toMatch(/no such database/);
    await failsAtOnce(tier);
  });

  it('because its address is none', async () => {
    const { tier } = watchedTier({ url: 'http://:s3cret@127.0.0.1:6379:6379' });
    await failsAtOnce(tier);
    await reaches(tier, 'down');
    expect(tier.health().detail).not.toContain('s3cret');
  });

  it('because its user may not read', async () => {
    const server = await openRedis();
    await openPlain(server.url).call('ACL', 'SETUSER', 'mute', 'on', '>s3cret', '~*', '-@all', '+ping');
    const { tier } = watchedTier({ url: `redis://mute:s3cret@${new URL(server.url).host}` });
    await reaches(tier, 'down');
    expect(tier.health().detail).toMatch(/refused a command/);
    await failsAtOnce(tier);
  });

  it('works for a user who may use its keys and nothing else', async () => {
    const server = await openRedis();
    const acl = ['on', '>s3cret', '~ostler:cache:*', '+get', '+set', '+unlink', '+scan', '+ping'];
    await openPlain(server.url).call('ACL', 'SETUSER', 'keys', ...acl);
    const { tier, errors } = watchedTier({ url: `redis://keys:s3cret@${new URL(server.url).host}` });
    await reaches(tier, 'ready');
    await works(tier);
    expect(await tier.clear()).toBe(true);
    expect(errors).toEqual([]);
  });

  it('tells once what it refuses to do, and goes on reading', async () => {
    const server = await openRedis();
    const acl = ['on', '>s3cret', '~*', '+get', '+scan', '+info', '+ping'];
    await openPlain(server.url).call('ACL', 'SETUSER', 'reader', ...acl);
    const { tier, errors, states } = watchedTier({
      url: `redis://reader:s3cret@${new URL(server.url).host}`,
    });
    await reaches(tier, 'ready');
    for (let n = 0; n < 3; n += 1) expect(await tier.set('key', 'value', undefined)).toBe(false);
    expect(await tier.get('key')).toEqual({ kind: 'miss' });
    expect(errors.map(({ hint }) => hint)).toEqual([expect.stringMatching(/It said: NOPERM/)]);
    expect(states()).toEqual(['ready']);
  });

  it('because something else is under its key: that is told once, without what it is, and replaced', async () => {
    const server = await openRedis();
    const plain = openPlain(server.url);
    const { tier, errors, states } = watchedTier({ url: server.url });
    await reaches(tier, 'ready');
    await plain.set('ostler:cache:text', 'my secret diary');
    await plain.rpush('ostler:cache:list', 'my secret list');
    for (let n = 0; n < 3; n += 1) {
      expect(await tier.get('text')).toEqual(ERROR);
      expect(await tier.get('list')).toEqual(ERROR);
    }
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/a value that the cache has not written/),
      expect.stringMatching(/refused a command/),
    ]);
    expect(
      JSON.stringify(errors.map(({ message, hint, cause }) => [message, hint, String(cause)])),
    ).not.toContain('secret');
    for (const key of ['text', 'list']) {
      expect(await tier.set(key, 'value', undefined)).toBe(true);
      expect(await tier.get(key)).toMatchObject({ value: 'value' });
    }
    expect(states()).toEqual(['ready']);
  });

  it('has its keys under its namespace only, and JSON that other programs can read', async () => {
    const server = await openRedis();
    const plain = openPlain(server.url);
    const { tier } = watchedTier({ url: server.url, namespace: 'house:cache' });
    await reaches(tier, 'ready');
    await tier.set('key', '{"a":1}', 60_000);
    expect(await plain.keys('*')).toEqual(['house:cache:key']);
    expect(JSON.parse((await plain.get('house:cache:key')) ?? '')).toEqual({
      v: 1,
      value: { a: 1 },
      expires: expect.any(Number),
    });
    expect(await plain.pttl('house:cache:key')).toBeGreaterThan(0);
  });

  it('counts what was there before, in the background', async () => {
    const server = await openRedis();
    const plain = openPlain(server.url);
    const before = Array.from({ length: 3_000 }, (_, n) => [`ostler:cache:${n}`, '{"value":"x"}']);
    await plain.mset(...before.flat());
    await plain.set('ostler:queue:id', '1');
    const { tier } = watchedTier({ url: server.url });
    await reaches(tier, 'ready');
    while (tier.entries() === undefined) await new Promise(setImmediate);
    expect(tier.entries()).toBe(3_000);
    await plain.config('RESETSTAT');
    for (let n = 0; n < 20; n += 1) await tier.get(String(n));
    expect(await plain.info('commandstats')).not.toContain('cmdstat_scan');
  });
});
