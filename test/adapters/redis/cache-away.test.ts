import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reaches } from '../../contract/cache-tier-contract.ts';
import { atOnce, failsAtOnce, NEVER, openRedis, openRelay, watchedTier, works } from './cache-watched.ts';

/** Of an operation, where a test is about its deadline. In milliseconds. */
const DEADLINE = 500;
const ERROR = { kind: 'error' };
const MISS = { kind: 'miss' };

describe('a cache whose Redis is away', () => {
  it('answers at once while it is down at the start, and works when it has come', async () => {
    const server = await openRedis();
    await server.kill();
    const { tier, states } = watchedTier({ url: server.url });
    expect(tier.health()).toEqual({ state: 'connecting', detail: '' });
    await failsAtOnce(tier);
    expect(states()).toEqual([]);
    await reaches(tier, 'down');
    await failsAtOnce(tier);
    expect(tier.entries()).toBeUndefined();
    await server.restart();
    await reaches(tier, 'ready');
    await works(tier);
    expect(states()).toEqual(['down', 'ready']);
  });

  it('answers at once while a connection is accepted and nobody speaks', async () => {
    const server = await openRedis();
    const relay = await openRelay(server.url);
    relay.hold();
    const { tier, states } = watchedTier({ url: relay.url, connectMs: 200 });
    await failsAtOnce(tier);
    await reaches(tier, 'down');
    await failsAtOnce(tier);
    relay.release();
    await reaches(tier, 'ready');
    await works(tier);
    expect(states()).toEqual(['down', 'ready']);
  });

  it('was killed: what is under way fails with the connection, what follows at once; it comes back', async () => {
    const server = await openRedis();
    const { tier, told, states } = watchedTier({ url: server.url });
    await reaches(tier, 'ready');
    await works(tier);
    server.pause();
    // No deadline is in reach: only the lost connection can end these.
    const underWay = Promise.all([tier.get('works'), tier.set('key', 'value', 1_000), tier.clear()]);
    await server.kill();
    expect(await underWay).toEqual([ERROR, false, false]);
    await reaches(tier, 'down');
    await failsAtOnce(tier);
    expect(told[1]?.detail).toBe(`Redis at ${server.url} does not answer.`);
    await server.restart();
    await reaches(tier, 'ready');
    expect(await tier.get('works')).toEqual(MISS);
    await works(tier);
    expect(states()).toEqual(['ready', 'down', 'ready']);
  });

  it('was restarted in order: its data is still there', async () => {
    const server = await openRedis({ appendOnly: true });
    const { tier, states } = watchedTier({ url: server.url });
    await reaches(tier, 'ready');
    await works(tier);
    await server.stop();
    await reaches(tier, 'down');
    await server.restart();
    await reaches(tier, 'ready');
    expect(await tier.get('works')).toMatchObject({ kind: 'hit' });
    expect(states()).toEqual(['ready', 'down', 'ready']);
  });

  it('stalled: one operation waits for its deadline, the others not at all; it goes on with its data', async () => {
    const server = await openRedis();
    const { tier, states } = watchedTier({ url: server.url, operationMs: DEADLINE });
    await reaches(tier, 'ready');
    server.pause();
    // Redis is stopped all the time: these are not its answers.
    expect(await Promise.all([tier.get('a'), tier.get('b'), tier.set('c', 'value', 1_000)])).toEqual([
      ERROR,
      ERROR,
      false,
    ]);
    await failsAtOnce(tier);
    await reaches(tier, 'down');
    await failsAtOnce(tier);
    server.resume();
    await reaches(tier, 'ready');
    await works(tier);
    expect(states()).toEqual(['ready', 'down', 'ready']);
  });

  it('stalled at the start', async () => {
    const server = await openRedis();
    server.pause();
    const { tier, states } = watchedTier({ url: server.url, connectMs: 200 });
    await failsAtOnce(tier);
    await reaches(tier, 'down');
    server.resume();
    await reaches(tier, 'ready');
    await works(tier);
    expect(states()).toEqual(['down', 'ready']);
  });

  it('was slow once: nobody waits until it speaks again, and nobody is told', async () => {
    const server = await openRedis();
    const relay = await openRelay(server.url);
    const { tier, states } = watchedTier({ url: relay.url, operationMs: DEADLINE });
    await reaches(tier, 'ready');
    relay.hold();
    expect(await tier.get('key')).toEqual(ERROR);
    await failsAtOnce(tier);
    relay.release();
    while ((await tier.get('key')).kind === 'error') await new Promise(setImmediate);
    await works(tier);
    expect(states()).toEqual(['ready']);
    expect(relay.opened()).toBe(1);
  });

  it('has gone without a word: the connection is given up and made anew', async () => {
    const server = await openRedis();
    const relay = await openRelay(server.url);
    const { tier, states } = watchedTier({ url: relay.url, operationMs: DEADLINE });
    await reaches(tier, 'ready');
    relay.forget();
    expect(await tier.get('key')).toEqual(ERROR);
    await failsAtOnce(tier);
    await reaches(tier, 'down');
    await reaches(tier, 'ready');
    await works(tier);
    expect(states()).toEqual(['ready', 'down', 'ready']);
    expect(relay.opened()).toBe(2);
    expect(relay.open()).toBe(1);
  });

  it('has gone without a word while nobody asks: it is noticed all the same', async () => {
    const server = await openRedis();
    const relay = await openRelay(server.url);
    const { tier, states } = watchedTier({ url: relay.url, operationMs: DEADLINE, lookMs: 20 });
    await reaches(tier, 'ready');
    relay.forget();
    await reaches(tier, 'down');
    await reaches(tier, 'ready');
    expect(states()).toEqual(['ready', 'down', 'ready']);
  });

  it('takes an answer that came while the loop was blocked for longer than the deadline', async () => {
    const server = await openRedis();
    const { tier, states } = watchedTier({ url: server.url, operationMs: DEADLINE });
    await reaches(tier, 'ready');
    for (let round = 0; round < 2; round += 1) {
      const answer = tier.get('key');
      block(DEADLINE * 2);
      expect(await answer).toEqual(MISS);
    }
    expect(states()).toEqual(['ready']);
  });

  it('closes at once, however far its connection has come', async () => {
    const server = await openRedis();
    const relay = await openRelay(server.url);
    const early = watchedTier({ url: relay.url });
    await atOnce(early.tier.close());
    relay.hold();
    const waiting = watchedTier({ url: relay.url });
    while (relay.open() === 0) await new Promise(setImmediate);
    await atOnce(waiting.tier.close());
    await relay.quiet();
    relay.release();
    const connected = watchedTier({ url: relay.url });
    await reaches(connected.tier, 'ready');
    await atOnce(connected.tier.close());
    await relay.quiet();
    for (const { tier } of [early, waiting, connected]) await failsAtOnce(tier);
    expect([early, waiting, connected].map(({ states }) => states())).toEqual([[], [], ['ready']]);
  });

  it('is no Redis at all', async () => {
    const sockets = new Set<Socket>();
    const stranger = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    }).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      stranger.close();
    });
    const address = stranger.address();
    const url = `redis://127.0.0.1:${typeof address === 'object' && address?.port}`;
    const { tier, states } = watchedTier({ url, connectMs: NEVER });
    await failsAtOnce(tier);
    await reaches(tier, 'down');
    await failsAtOnce(tier);
    expect(states()).toEqual(['down']);
  });

  it('says something that is no answer: the connection is made anew', async () => {
    const server = await openRedis();
    const relay = await openRelay(server.url);
    const { tier, states } = watchedTier({ url: relay.url });
    await reaches(tier, 'ready');
    relay.say('garbage\r\n');
    await reaches(tier, 'down');
    await reaches(tier, 'ready');
    await works(tier);
    expect(states()).toEqual(['ready', 'down', 'ready']);
  });
});

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
