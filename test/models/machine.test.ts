import { expect, it } from 'vitest';
import { gpuOfServer } from '../../src/models/gpu-of-server.ts';
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

it('there is no GPU where its machine says so, as long as Ollama shows none', async () => {
  const { card, machine } = open();
  Object.assign(card, { totalBytes: 0, usedBytes: 0 });
  await machine.look([{ tag: 'small', vramBytes: 0 }], false);
  expect([machine.totalBytes(), machine.gpuBytes()]).toEqual([0, undefined]);
  await machine.look([LARGE], false);
  expect([machine.totalBytes(), machine.gpuBytes()]).toEqual([undefined, undefined]);
});

it('a card that others fill is one', async () => {
  const { card, machine } = open();
  card.usedBytes = card.totalBytes;
  await machine.look([], false);
  expect([machine.totalBytes(), machine.gpuBytes()]).toEqual([24 * GIB, 0]);
});

it.each([
  ['0.33.0', { totalBytes: 0, usedBytes: 0, source: 'sysfs' }],
  ['0.33.0-simulated', undefined],
  [undefined, undefined],
] as const)('the GPU of this machine counts for what runs on it: version %s', async (version, memory) => {
  const server = { version: async () => version ?? Promise.reject(new Error('It is away.')) };
  const gpu = gpuOfServer(server, async () => ({ totalBytes: 0, usedBytes: 0, source: 'sysfs' }), 1_000);
  expect(await gpu(new AbortController().signal)).toEqual(memory);
});
