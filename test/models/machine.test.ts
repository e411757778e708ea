import { expect, it } from 'vitest';
import { createMachine } from '../../src/models/machine.ts';
import { fakeClock } from '../fakes/clock.ts';

const GIB = 1024 ** 3;
const LARGE = { tag: 'large', vramBytes: 20 * GIB };

/** A card of 24 GiB of which so much is in use. */
function open() {
  const clock = fakeClock();
  const card = { totalBytes: 24 * GIB, usedBytes: 1 * GIB };
  const machine = createMachine({
    gpu: async () => ({ ...card, source: 'nvidia-smi' }),
    hostMemory: async () => undefined,
    configuredBytes: () => null,
    clock,
    stopped: new AbortController().signal,
  });
  return { clock, card, machine, roomGib: () => (machine.gpuBytes() ?? 0) / GIB };
}

const MINUTE_MS = 60_000;
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('what others take of the GPU is looked at anew every minute', async () => {
  const { clock, card, machine, roomGib } = open();
  await machine.look([], false);
  card.usedBytes = 3 * GIB;
  await machine.look([], false);
  expect(roomGib()).toBe(23);
  clock.advance(MINUTE_MS);
  await machine.look([], false);
  await settled();
  expect(roomGib()).toBe(21);
});

it.each([
  ['a model has just gone', [], false],
  ['a model is on its way in or out', [LARGE], true],
] as const)(
  'it is not looked at while %s: what it gives back would count as somebody else’s',
  async (_, seen, isMoving) => {
    const { clock, card, machine, roomGib } = open();
    card.usedBytes = 21 * GIB;
    await machine.look([LARGE], false);
    expect(roomGib()).toBe(23);
    clock.advance(MINUTE_MS);
    await machine.look(seen, isMoving);
    await settled();
    expect(roomGib()).toBe(23);
    card.usedBytes = 1 * GIB;
    clock.advance(5_000);
    await machine.look([], false);
    clock.advance(5_000);
    await machine.look([], false);
    await settled();
    expect(roomGib()).toBe(23);
  },
);
