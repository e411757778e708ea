import { expect, it } from 'vitest';
import { openLoadHistory } from '../../src/models/load-history.ts';
import { createModelTimes } from '../../src/models/model-times.ts';
import { quietPorts } from '../fakes/quiet-ports.ts';
import { fakeStore } from '../fakes/store.ts';

const MODEL = 'qwen2.5:32b';
const NAMED = { alias: 'big', tag: MODEL, task_types: [], options: { num_ctx: 8_192 }, pinned: false };
const INSTALLED = { tag: MODEL, digest: 'd1', sizeBytes: 20e9, modifiedAt: '' };

async function open() {
  const { logger } = quietPorts();
  const history = await openLoadHistory({ store: fakeStore(), logger });
  let installed = INSTALLED;
  let named = NAMED;
  const staging = { isCached: false, isJoined: false };
  const times = createModelTimes({
    host: 'here',
    history,
    inventory: { find: (tag) => (tag === MODEL ? installed : undefined) },
    settings: () => ({ models: [named] }),
    staging: { isCached: () => staging.isCached, isJoined: () => staging.isJoined },
  });
  return {
    times,
    staging,
    replaced() {
      installed = { ...INSTALLED, digest: 'd2' };
    },
    withContext(num_ctx: number) {
      named = { ...NAMED, options: { num_ctx } };
    },
  };
}

it('a load counts for what it was, not for what it was expected to be', async () => {
  const { times } = await open();
  times.loaded(MODEL, 'cold', 1_500);
  expect(times.of(MODEL)?.warm).toMatchObject({ medianMs: 1_500, basis: 'measured' });
  expect(times.of(MODEL)?.cold.basis).toBe('guessed');
  times.loaded(MODEL, 'warm', 35_000);
  expect(times.of(MODEL)?.cold).toMatchObject({ medianMs: 35_000, basis: 'measured' });
});

it('a load is expected to be cold, and warm where the file is in memory; it is a warm one also where that takes longer', async () => {
  const { times, staging } = await open();
  expect(times.of(MODEL)?.expected).toBe('cold');
  staging.isCached = true;
  expect(times.of(MODEL)?.expected).toBe('warm');
  times.loaded(MODEL, 'warm', 4_000);
  expect(times.of(MODEL)?.warm).toMatchObject({ medianMs: 4_000, basis: 'measured' });
  expect(times.of(MODEL)?.cold.basis).toBe('guessed');
});

it('of a load whose file was being read meanwhile no time is learned', async () => {
  const { times, staging } = await open();
  staging.isJoined = true;
  times.loaded(MODEL, 'cold', 15_000);
  expect(times.of(MODEL)).toMatchObject({
    cold: { basis: 'guessed' },
    warm: { basis: 'guessed' },
  });
});

it('answers are measured, too', async () => {
  const { times } = await open();
  expect(times.of(MODEL)?.service).toBeUndefined();
  times.answered(MODEL, 8_000);
  expect(times.of(MODEL)?.service?.medianMs).toBe(8_000);
});

it('another context, or another file under the same name, is another model', async () => {
  for (const change of ['replaced', 'withContext'] as const) {
    const { times, ...model } = await open();
    times.loaded(MODEL, 'cold', 35_000);
    model[change](4_096);
    expect(times.of(MODEL)?.cold.basis).toBe('guessed');
  }
});

it('nothing is known of a model that is not installed, and nothing learned', async () => {
  const { times } = await open();
  times.loaded('gone', 'cold', 1_000);
  times.answered('gone', 1_000);
  expect(times.of('gone')).toBeUndefined();
});
