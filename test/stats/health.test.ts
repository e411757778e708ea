import { describe, expect, it } from 'vitest';
import { healthOf, type Parts } from '../../src/stats/health.ts';
import { probeStore } from '../../src/stats/probe-store.ts';
import { statsOfCache } from '../fakes/cache-stats.ts';
import { fakeClock } from '../fakes/clock.ts';

const l2 = (state: string) => ({ l2: { ...statsOfCache().l1, backend: 'redis', state, detail: 'secret' } });
const well: Parts = {
  cache: l2('ready'),
  ollama: { url: 'http://secret', reachable: true, detail: 'secret' },
  storeWorks: true,
  stopping: false,
};
const away = { ...well.ollama, reachable: false };

describe('the health of a house', () => {
  it('is told in full, without addresses and reasons', () => {
    const health = healthOf(well, { web: 'ready', telegram: 'ready' });
    expect(health).toEqual({
      status: 'ok',
      l1_healthy: true,
      l2_healthy: true,
      l2_configured: true,
      fully_healthy: true,
      l2: 'ready',
      ollama: 'ready',
      store: 'ready',
      queue: 'ready',
      fronts: { web: 'ready', telegram: 'ready' },
    });
    expect(JSON.stringify(health)).not.toContain('secret');
  });

  it.each<[what: string, change: Partial<Parts>, health: object]>([
    [
      'no second tier',
      { cache: { l2: null } },
      { status: 'ok', l2_configured: false, l2_healthy: false, l2: null, fully_healthy: true },
    ],
    [
      'a second tier that is down',
      { cache: l2('down') },
      { status: 'degraded', l2_healthy: false, fully_healthy: false, l2: 'down' },
    ],
    [
      'one that connects',
      { cache: l2('connecting') },
      { status: 'degraded', l2_healthy: false, l2_configured: true },
    ],
    ['one that is full', { cache: l2('full') }, { status: 'degraded', l2_healthy: false, l2: 'full' }],
    ['Ollama away', { ollama: away }, { status: 'degraded', ollama: 'away', fully_healthy: true }],
    ['a disk that is full', { storeWorks: false }, { status: 'not_ready', store: 'down', queue: 'down' }],
    ['its end', { stopping: true }, { status: 'not_ready', store: 'ready', queue: 'stopping' }],
  ])('with %s', (_, change, health) => {
    expect(healthOf({ ...well, ...change }, { web: 'ready' })).toMatchObject(health);
  });

  it.each(['connecting', 'away', 'refused'] as const)('is degraded where a front is %s', (state) => {
    expect(healthOf(well, { web: 'ready', telegram: state })).toMatchObject({
      status: 'degraded',
      fronts: { telegram: state },
    });
  });
});

describe('whether the store works', () => {
  it('is found out by a write, at most every 5 s', async () => {
    const clock = fakeClock();
    let writes = 0;
    let works = true;
    const set = async () => {
      writes += 1;
      if (!works) throw new Error('no space left');
    };
    const probe = probeStore({ set }, clock);
    expect([await probe(), await probe(), writes]).toEqual([true, true, 1]);
    works = false;
    clock.advance(4_999);
    expect(await probe()).toBe(true);
    clock.advance(1);
    expect([await probe(), writes]).toEqual([false, 2]);
  });

  it('is no where it does not answer', async () => {
    const clock = fakeClock();
    const works = probeStore({ set: () => new Promise(() => {}) }, clock)();
    clock.advance(1_000);
    expect(await works).toBe(false);
  });
});
