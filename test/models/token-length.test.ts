import { expect, it } from 'vitest';
import { createTokenLength } from '../../src/models/token-length.ts';
import { fakeStore } from '../fakes/store.ts';

it('learns how long a model’s tokens are, from prompts that say something', async () => {
  const lengths = createTokenLength(fakeStore());
  expect(await lengths.of('a')).toBe(3);
  for (let times = 0; times < 50; times += 1) await lengths.learn('a', 5_000, 1_000);
  expect(await lengths.of('a')).toBeCloseTo(5, 1);
  expect(await lengths.of('b')).toBe(3);
  for (const [characters, tokens] of [
    [10, 30],
    [5_000, 0],
    [5_000, 1],
  ] as const) {
    await lengths.learn('b', characters, tokens);
  }
  expect(await lengths.of('b')).toBe(3);
});
