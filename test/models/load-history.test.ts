import { describe, expect, it } from 'vitest';
import { OstlerError } from '../../src/errors.ts';
import { type LoadHistory, numCtxOf, openLoadHistory } from '../../src/models/load-history.ts';
import type { Store } from '../../src/ports/store.ts';
import { logBook } from '../adapters/telegram/log-book.ts';
import { fakeStore } from '../fakes/store.ts';

const MODEL = { host: 'http://gpu:11434', digest: 'd1', numCtx: 8_192, sizeBytes: 20e9 };
const COLD = { ...MODEL, tier: 'cold' } as const;

async function opened(store: Store = fakeStore()) {
  const { logger, lines } = logBook();
  const history = await openLoadHistory({ store, logger });
  return { history, lines };
}

const medianOf = (history: LoadHistory, change: Partial<typeof COLD> = {}) => {
  const { medianMs, basis } = history.estimate({ ...COLD, ...change });
  return [medianMs, basis];
};

/** A store that can be broken and mended. */
function fragileStore() {
  const whole = fakeStore();
  let isBroken = false;
  const unlessBroken = <T>(call: () => Promise<T>): Promise<T> =>
    isBroken ? Promise.reject(new OstlerError('The disk is full.', { code: 'storage' })) : call();
  const store: Store = {
    ...whole,
    get: (key) => unlessBroken(() => whole.get(key)),
    update: (key, change) => unlessBroken(() => whole.update(key, change)),
  };
  return {
    store,
    setBroken(now: boolean) {
      isBroken = now;
    },
  };
}

describe('what was measured', () => {
  it('is told at once: apart for each host, file, context and tier', async () => {
    const { history } = await opened();
    for (const ms of [30_000, 35_000, 40_000]) history.note({ ...COLD, ms });
    expect(history.estimate(COLD)).toEqual({ medianMs: 35_000, p90Ms: 52_500, basis: 'measured' });
    expect(history.estimate({ ...COLD, tier: 'warm' }).basis).toBe('guessed');
    for (const change of [{ host: 'http://other' }, { digest: 'd2' }, { numCtx: 4_096 }])
      expect(history.estimate({ ...COLD, ...change }).basis).toBe('guessed');
  });

  it('survives a restart', async () => {
    const store = fakeStore();
    const before = await opened(store);
    before.history.note({ ...COLD, ms: 35_000 });
    before.history.note({ ...COLD, tier: 'warm', ms: 2_000 });
    before.history.noteService({ ...MODEL, ms: 8_000 });
    await before.history.settled();
    const { history } = await opened(store);
    expect(medianOf(history)).toEqual([35_000, 'measured']);
    expect(history.estimate({ ...COLD, tier: 'warm' }).medianMs).toBe(2_000);
    expect(history.service(MODEL)?.medianMs).toBe(8_000);
  });

  it('adds to what another process has measured', async () => {
    const store = fakeStore();
    const [one, other] = [await opened(store), await opened(store)];
    one.history.note({ ...COLD, ms: 30_000 });
    other.history.note({ ...COLD, ms: 40_000 });
    await Promise.all([one.history.settled(), other.history.settled()]);
    expect(medianOf((await opened(store)).history)).toEqual([35_000, 'measured']);
  });

  it('of one file makes the guess of another better', async () => {
    const { history } = await opened();
    expect(medianOf(history, { digest: 'd2' })).toEqual([40_250, 'guessed']);
    history.note({ ...COLD, ms: 10_250 });
    expect(medianOf(history, { digest: 'd2' })).toEqual([10_250, 'guessed']);
  });

  it('of answers is nothing that is guessed', async () => {
    const { history } = await opened();
    expect(history.service(MODEL)).toBeUndefined();
  });
});

describe('a store that fails', () => {
  it('at the start costs nothing but the past', async () => {
    const { store, setBroken } = fragileStore();
    setBroken(true);
    const { history, lines } = await opened(store);
    expect(medianOf(history)).toEqual([40_250, 'guessed']);
    expect(lines().map(({ message }) => message)).toEqual(['the load history cannot be kept']);
  });

  it('is told once, and what is measured meanwhile counts for this process', async () => {
    const { store, setBroken } = fragileStore();
    const { history, lines } = await opened(store);
    setBroken(true);
    for (const ms of [30_000, 35_000, 40_000]) {
      history.note({ ...COLD, ms });
      await history.settled();
    }
    expect(medianOf(history)).toEqual([35_000, 'measured']);
    expect(lines()).toHaveLength(1);
    setBroken(false);
    history.note({ ...COLD, ms: 35_000 });
    await history.settled();
    expect(medianOf((await opened(store)).history)).toEqual([35_000, 'measured']);
    setBroken(true);
    history.noteService({ ...MODEL, ms: 1 });
    await history.settled();
    expect(lines()).toHaveLength(2);
  });
});

it('the context is that of the options, or the server’s own', () => {
  expect(numCtxOf({ num_ctx: 8_192, temperature: 1 })).toBe(8_192);
  expect(numCtxOf({})).toBeUndefined();
});
