import { expect, it } from 'vitest';
import { gpuRoom } from '../../src/models/gpu-room.ts';

it.each([
  ['all of it where nobody else has any', 24, 0, [], 24],
  ['all but what other programs have', 24, 2, [], 22],
  ['also what they fill already', 24, 20, [12, 6], 22],
  ['no more than there is, where others are only about to give back', 24, 5, [12], 24],
])('models may fill %s', (_, total, used, residents, room) => {
  const memory = { totalBytes: total, usedBytes: used };
  expect(
    gpuRoom(
      memory,
      residents.map((vramBytes) => ({ vramBytes })),
    ),
  ).toBe(room);
});
