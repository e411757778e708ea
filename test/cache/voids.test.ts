import { expect, it } from 'vitest';
import { createVoids } from '../../src/cache/voids.ts';

it('what was begun before is void, of that key or of all', () => {
  const voids = createVoids();
  const first = voids.moment();
  voids.avoid('a');
  const second = voids.moment();
  expect([voids.isVoid('a', first), voids.isVoid('b', first), voids.isVoid('a', second)]).toEqual([
    true,
    false,
    false,
  ]);
  voids.avoidAll();
  expect([voids.isVoid('a', second), voids.isVoid('b', second)]).toEqual([true, true]);
  expect(voids.isVoid('a', voids.moment())).toBe(false);
});

it('with more keys than it remembers nothing counts that was begun before', () => {
  const voids = createVoids();
  const begun = voids.moment();
  for (let key = 0; key <= 10_000; key += 1) voids.avoid(`key ${key}`);
  expect([voids.isVoid('key 0', begun), voids.isVoid('never', begun)]).toEqual([true, true]);
  expect(voids.isVoid('key 0', voids.moment())).toBe(false);
});
