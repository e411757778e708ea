import { describe, expect, it } from 'vitest';
import { OstlerError } from '../../src/errors.ts';
import type { Store } from '../../src/ports/store.ts';
import { fakeStore } from '../fakes/store.ts';
import { DETAILS, GB, MODEL, OTHER, openedNeeds, resident } from './opened-needs.ts';

const never = new AbortController().signal;

describe('a model that cannot be shown', () => {
  it('is guessed, hides no other, and is asked for again', async () => {
    let isBroken = true;
    const { needs, asked } = await openedNeeds({
      show: async (tag) => {
        if (isBroken && tag === 'a:1b') throw new OstlerError('broken', { code: 'server_error' });
        return DETAILS;
      },
    });
    expect(needs.of(MODEL).basis).toBe('guessed');
    expect(needs.of(OTHER).basis).toBe('computed');
    isBroken = false;
    await needs.read([MODEL, OTHER], never);
    expect(needs.of(MODEL).basis).toBe('computed');
    expect(asked).toEqual(['a:1b', 'b:1b', 'a:1b']);
  });

  it('because the server is away spares the others the question, but not what is remembered', async () => {
    const store = fakeStore();
    const before = await openedNeeds({ store });
    await before.needs.learn([resident({ tag: 'b:1b', digest: 'sha-b' })]);
    const { needs, asked } = await openedNeeds({
      store,
      show: () => Promise.reject(new OstlerError('away', { code: 'unreachable' })),
    });
    expect(asked).toEqual(['a:1b']);
    expect(needs.of(OTHER)).toMatchObject({ bytes: 4.8 * GB, basis: 'measured' });
  });
});

describe('the store', () => {
  it('is written only when there is something new', async () => {
    const inner = fakeStore();
    let writes = 0;
    const { needs } = await openedNeeds({
      store: {
        ...inner,
        update: (key, change) => {
          writes += 1;
          return inner.update(key, change);
        },
      },
    });
    for (let look = 0; look < 3; look += 1) await needs.learn([resident({})]);
    expect(writes).toBe(1);
  });

  it('holds a few sizes for each model, the latest ones', async () => {
    const { needs, store } = await openedNeeds();
    for (let times = 1; times <= 20; times += 1)
      await needs.learn([resident({ contextLength: 1_024 * times })]);
    expect(await store.get('model-need:sha-a')).toHaveLength(8);
    expect(await store.get('model-need:sha-a')).toContainEqual({ tokens: 20_480, slots: 1, bytes: 4.8 * GB });
  });

  it.each([['nonsense'], [[{ tokens: 1 }, null, 7]]])(
    'may hold %j: nothing is believed of it',
    async (value) => {
      const store = fakeStore();
      await store.set('model-need:sha-a', value);
      const { needs } = await openedNeeds({ store });
      expect(needs.of(MODEL).basis).toBe('computed');
      await needs.learn([resident({})]);
      expect(needs.of(MODEL).basis).toBe('measured');
    },
  );

  it('that fails is told to the operator, and tried again', async () => {
    const inner = fakeStore();
    let isFull = true;
    const update: Store['update'] = async (key, change) => {
      if (isFull) throw new OstlerError('full', { code: 'storage' });
      return inner.update(key, change);
    };
    const { needs, said } = await openedNeeds({ store: { ...inner, update } });
    await needs.learn([resident({})]);
    expect(said).toEqual(['the size of a model could not be kept']);
    isFull = false;
    await needs.learn([resident({})]);
    expect(needs.of(MODEL).basis).toBe('measured');
  });
});
