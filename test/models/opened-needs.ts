import { createNeeds } from '../../src/models/needs.ts';
import type { ModelOptions } from '../../src/path/job.ts';
import type { Installed, ModelDetails, Resident } from '../../src/ports/models.ts';
import type { Store } from '../../src/ports/store.ts';
import { fakeStore } from '../fakes/store.ts';

const never = new AbortController().signal;
const GIB = 1_024 ** 3;
export const GB = 1e9;

export const MODEL: Installed = { tag: 'a:1b', digest: 'sha-a', sizeBytes: 4 * GB, modifiedAt: '' };
export const OTHER: Installed = { tag: 'b:1b', digest: 'sha-b', sizeBytes: 5 * GB, modifiedAt: '' };
export const DETAILS: ModelDetails = {
  capabilities: ['completion'],
  trainedContext: 32_768,
  architecture: { layers: 32, heads: 32, kvHeads: 256, embeddingLength: 4_096 },
  parameters: {},
};

export const resident = (more: Partial<Resident>): Resident => ({
  tag: 'a:1b',
  digest: 'sha-a',
  sizeBytes: 4.8 * GB,
  vramBytes: 4.8 * GB,
  expiresAt: null,
  contextLength: 4_096,
  ...more,
});

type Setup = {
  store?: Store;
  show?: (tag: string) => Promise<ModelDetails>;
  options?: ModelOptions;
  slots?: number;
  gpuBytes?: number | undefined;
};

/** Needs that were read for both models; what is asked and what is said to the operator is written down. */
export async function openedNeeds(setup: Setup = {}) {
  const { store = fakeStore(), show = async () => DETAILS, slots = 1 } = setup;
  const asked: string[] = [];
  const said: string[] = [];
  const say = (_: object, message: string) => void said.push(message);
  const settings: { options: ModelOptions; slots: number } = { options: setup.options ?? {}, slots };
  const needs = createNeeds({
    store,
    server: {
      show: (tag) => {
        asked.push(tag);
        return show(tag);
      },
    },
    logger: { debug: say, info: say, warn: say, error: say },
    answerLimitMs: 1_000,
    optionsOf: () => settings.options,
    slotsOf: () => settings.slots,
    gpuBytes: () => ('gpuBytes' in setup ? setup.gpuBytes : 16 * GIB),
  });
  await needs.read([MODEL, OTHER], never);
  return { needs, store, settings, asked, said };
}
