import { describe, expect, it } from 'vitest';
import { OstlerError } from '../../src/errors.ts';
import { carryOutSwap } from '../../src/models/swap.ts';
import type { ModelServer, Resident } from '../../src/ports/models.ts';
import { fakeClock } from '../fakes/clock.ts';

const SWAP = {
  model: 'b',
  evict: ['a'],
  keepAlive: '30m',
  options: { num_ctx: 8 },
  loadLimitMs: 1_000_000,
  answerLimitMs: 1_000,
};

/** What is noted of the victims. */
const NOTED = { onUntold() {}, async onOutOfReach() {} };

/** A server that writes down what it is asked; `a` stays in ps for so many looks after its unload. */
function recording(looks: number) {
  const calls: string[] = [];
  const server = {
    unload: async (tag: string) => void calls.push(`unload ${tag}`),
    load: async (tag: string, settings: { keepAlive: unknown; options: unknown }) =>
      void calls.push(`load ${tag} ${JSON.stringify([settings.keepAlive, settings.options])}`),
  } as unknown as ModelServer;
  const loaded = async () => {
    calls.push('ps');
    looks -= 1;
    return looks < 0 ? [] : ([{ tag: 'a' }] as Resident[]);
  };
  return { calls, server, loaded };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a swap', () => {
  it('unloads, waits until the victim is gone, loads with the frozen options', async () => {
    const clock = fakeClock();
    const { calls, server, loaded } = recording(2);
    const { signal } = new AbortController();
    const stopped = signal;
    const done = carryOutSwap(SWAP, {
      server,
      clock,
      loaded,
      signal,
      stopped,
      onLoading: () => calls.push('loading'),
      ...NOTED,
    });
    for (let look = 0; look < 2; look += 1) {
      await settled();
      clock.advance(1_000);
    }
    await done;
    expect(calls).toEqual(['unload a', 'ps', 'ps', 'ps', 'loading', 'load b ["30m",{"num_ctx":8}]']);
  });

  it('tells the victim again where the server was silent, before anything else begins', async () => {
    const clock = fakeClock();
    const { calls, server, loaded } = recording(1);
    const { signal } = new AbortController();
    let isSilent = true;
    const silent = () => new OstlerError('Silent.', { code: 'unreachable' });
    const done = carryOutSwap(SWAP, {
      clock,
      server: {
        ...server,
        async unload(tag) {
          await server.unload(tag, signal);
          if (isSilent) throw silent();
        },
      },
      async loaded() {
        if (isSilent) throw silent();
        return loaded();
      },
      signal,
      stopped: signal,
      onLoading: () => calls.push('loading'),
      ...NOTED,
    });
    for (let look = 0; look < 4; look += 1) {
      await settled();
      isSilent = look < 2;
      clock.advance(1_000);
    }
    await done;
    expect(calls).toEqual(['unload a', 'ps', 'unload a', 'ps', 'loading', 'load b ["30m",{"num_ctx":8}]']);
  });

  it('fails where the victim does not go', async () => {
    const clock = fakeClock();
    const { calls, server, loaded } = recording(Number.POSITIVE_INFINITY);
    const { signal } = new AbortController();
    const stopped = signal;
    const onLoading = () => calls.push('loading');
    const failed = expect(
      carryOutSwap(SWAP, { server, clock, loaded, signal, stopped, onLoading, ...NOTED }),
    ).rejects.toMatchObject({ code: 'load_failed', message: 'a did not leave the memory.' });
    for (let second = 0; second <= 70; second += 1) {
      await settled();
      clock.advance(1_000);
    }
    await failed;
    expect(calls).not.toContain('loading');
  });

  it('ends at once when everything ends', async () => {
    const clock = fakeClock();
    const { server, loaded } = recording(Number.POSITIVE_INFINITY);
    const stop = new AbortController();
    const { signal } = new AbortController();
    const onLoading = () => {};
    const swap = carryOutSwap(SWAP, {
      server,
      clock,
      loaded,
      signal,
      stopped: stop.signal,
      onLoading,
      ...NOTED,
    });
    await settled();
    stop.abort(new Error('stopped'));
    await expect(swap).rejects.toThrow('stopped');
  });

  it('that is given up waits until its victims have left, and loads nothing', async () => {
    const clock = fakeClock();
    const { calls, server, loaded } = recording(1);
    const abort = new AbortController();
    const { signal } = abort;
    const stopped = new AbortController().signal;
    const onLoading = () => {
      calls.push('gone');
      signal.throwIfAborted();
    };
    const failed = expect(
      carryOutSwap(SWAP, { server, clock, loaded, signal, stopped, onLoading, ...NOTED }),
    ).rejects.toThrow('given up');
    await settled();
    abort.abort(new Error('given up'));
    await settled();
    expect(calls).toEqual(['unload a', 'ps']);
    clock.advance(1_000);
    await failed;
    expect(calls).toEqual(['unload a', 'ps', 'ps', 'gone']);
  });

  it('goes on without a victim whose name was deleted, and says who is not told where one refuses', async () => {
    const clock = fakeClock();
    const { signal } = new AbortController();
    const noted: string[] = [];
    const swapOf = (refusal: 'not_installed' | 'server_error') => {
      const { server, loaded } = recording(0);
      const unload = async (tag: string) => {
        if (tag === 'a') throw new OstlerError('No.', { code: refusal });
      };
      return carryOutSwap(
        { ...SWAP, evict: ['a', 'c'] },
        {
          server: { ...server, unload },
          clock,
          loaded,
          signal,
          stopped: signal,
          onLoading: () => noted.push('loading'),
          onUntold: (tags) => noted.push(`untold ${tags}`),
          onOutOfReach: async (tag) => void noted.push(`out of reach ${tag}`),
        },
      );
    };
    await swapOf('not_installed');
    expect(noted.splice(0)).toEqual(['out of reach a', 'loading']);
    await expect(swapOf('server_error')).rejects.toMatchObject({ code: 'server_error' });
    expect(noted).toEqual(['untold a,c']);
  });
});
