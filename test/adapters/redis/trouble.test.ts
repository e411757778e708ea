import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRedis } from '../../../adapters/redis/connect.ts';
import { redisStore } from '../../../adapters/redis/store.ts';
import { withoutPassword } from '../../../adapters/redis/trouble.ts';
import { OstlerError } from '../../../src/errors.ts';
import { type RedisServer, startRedis } from '../../servers/redis.ts';

const password = 'correct-horse';

describe('a Redis that cannot be used is an error that says what to do', () => {
  let server: RedisServer;
  let port: string;
  beforeAll(async () => {
    server = await startRedis({ password });
    port = new URL(server.url).port;
  });
  afterAll(() => server?.dispose());

  const doors = [
    ['queue and log', (url: string) => connectRedis({ url })],
    ['store', (url: string) => redisStore({ url })],
  ] as const;
  const troubles = [
    ['a wrong password', () => `redis://:s3cret@127.0.0.1:${port}`, /refused the password/, /password/],
    ['a missing password', () => `redis://127.0.0.1:${port}`, /wants a password/, /redis.url/],
    ['nobody at the port', () => 'redis://:s3cret@127.0.0.1:1', /does not answer/, /Check that Redis runs/],
    [
      'an unknown host',
      () => 'redis://:s3cret@no-such-host.invalid:6379',
      /not found|does not answer/,
      /host|runs/,
    ],
    [
      'a database that does not exist',
      () => `redis://:${password}@127.0.0.1:${port}/99`,
      /no such database/,
      /end/,
    ],
    ['an address that is none', () => 'http://:s3cret@127.0.0.1:6379:6379', /./, /redis.url/],
  ] as const;

  for (const [door, connect] of doors) {
    it.each(troubles)(`${door}: %s`, async (_, url, message, hint) => {
      const error = await connect(url()).then(
        (redis) => redis.close(),
        (cause: unknown) => cause,
      );
      expect(error).toBeInstanceOf(OstlerError);
      expect(error).toMatchObject({
        code: 'storage',
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      });
      const { message: said, hint: advice } = error as OstlerError;
      expect(`${said} ${advice}`).not.toMatch(/s3cret|correct-horse/);
    });

    it(`${door}: works with the right password`, async () => {
      (await connect(server.url)).close();
    });
  }

  it('never shows the password of an address', () => {
    expect(withoutPassword('redis://user:s3cret@host:6379/2')).toBe('redis://host:6379/2');
    expect(withoutPassword('not an address with s3cret')).toBe('redis.url');
  });
});
