import { memoryRates } from '../../adapters/memory/rates.ts';
import type { Ports } from '../../src/ports/ports.ts';

const nothing = () => {};

/** Ports of a house without people, on a machine of which nothing is known, whose log nobody reads. */
export function quietPorts(): Pick<
  Ports,
  | 'gpu'
  | 'hostMemory'
  | 'stageFile'
  | 'cacheTier'
  | 'rates'
  | 'audit'
  | 'chats'
  | 'platforms'
  | 'reread'
  | 'logger'
> {
  return {
    gpu: async () => undefined,
    hostMemory: async () => undefined,
    stageFile: async () => 0,
    cacheTier: undefined,
    rates: memoryRates(),
    audit: { note: nothing, close: async () => {} },
    chats: {},
    platforms: [],
    reread: async () => ({ changed: [], waiting: [] }),
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  };
}
