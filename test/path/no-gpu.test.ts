import { expect, it } from 'vitest';
import { simulatedOllama, testOstler } from '../servers/ostler.ts';

const LARGE = 'qwen2.5:32b';
const SMALL = 'qwen2.5:7b';
const GIB = 1_024 ** 3;

/** A machine with 8 GiB of RAM and no GPU. */
async function open() {
  const ollama = await simulatedOllama({ vramGib: 0, ramGib: 8 });
  const machine = {
    gpu: async () => ({ totalBytes: 0, usedBytes: 0, source: 'sysfs' }) as const,
    hostMemory: async () => ({ totalBytes: 8 * GIB, availableBytes: 6 * GIB }),
    stageFile: async () => 0,
  };
  const models = {
    large: { name: LARGE, options: { num_ctx: 4_096 } },
    small: { name: SMALL, options: { num_ctx: 4_096 } },
  };
  return testOstler(ollama, { llm: { models, routing: { default: SMALL } } }, { machine });
}

it('without a GPU a model that the RAM does not hold is refused, and a smaller one is named', async () => {
  const ostler = await open();
  const outcome = await ostler.ask('hello', { model: LARGE });
  expect(outcome).toMatchObject({
    kind: 'failure',
    failure: {
      code: 'insufficient_memory',
      message: expect.stringContaining('this machine has 8.6'),
      hint: expect.stringMatching(`Or take .+, which fits`),
    },
  });
});

it('without a GPU nothing is said to be missing of it', async () => {
  const ostler = await open();
  await ostler.ask('hello');
  expect(ostler.front.memory().gpu).toBeNull();
  const small = ostler.front.status().models.find(({ tag }) => tag === SMALL);
  expect(small).toMatchObject({ state: 'ready' });
  expect(small).not.toHaveProperty('spill');
});
