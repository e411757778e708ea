import { keepAlivePolicy } from '../../../src/models/keep-alive.ts';
import type { Settings } from '../../../src/models/settings.ts';
import type { Model } from './load-line.ts';
import type { Schedule } from './schedule.ts';
import { MAX_RETRIES } from './work.ts';

const GB = 1e9;
/** A file is smaller than its model in memory, and that is smaller than what is guessed of it. */
const IN_MEMORY = 1.1;
const MODELS: readonly Model[] = [4, 6, 8, 14, 20].map((gb, index) => ({
  tag: `${'abcde'[index]}:${gb}b`,
  fileBytes: gb * GB,
  bytes: gb * GB * IN_MEMORY,
  loadMs: gb * 900,
}));
/** Where nobody else knows it, the server does. */
const REAL_GB = 26;
const LOAD_LIMIT_MS = 60_000;
const RETURN_AFTER_MS = 60_000;

/** The models of a schedule, the memory for them, and the configuration. */
export function machineOf(schedule: Schedule['settings']) {
  const models = MODELS.slice(0, schedule.models);
  const tagOf = (index: number) => models[index % models.length]?.tag ?? '';
  const tags = (indices: readonly number[]) => [...new Set(indices.map(tagOf))];
  const knownBytes = schedule.totalGb === undefined ? undefined : schedule.totalGb * GB;
  const settings: Settings = {
    routing: { models: [], rules: [], default: null },
    models: [],
    policy: keepAlivePolicy({
      type: 'ram',
      keep_alive: schedule.keepAlive,
      max_models: schedule.maxModels,
      eviction: schedule.eviction,
    } as Parameters<typeof keepAlivePolicy>[0]),
    parallel: schedule.parallel,
    memory: { vramBytes: knownBytes ?? null, allowSpill: true },
    staging: false,
    asksFirst: schedule.asksFirst,
    stay: {
      pinned: tags(schedule.pinned),
      preserved: tags(schedule.preserved),
      preload: tags(schedule.preload),
      default: schedule.default === undefined ? undefined : tagOf(schedule.default),
      returnAfterMs: RETURN_AFTER_MS,
    },
    maxRetries: MAX_RETRIES,
    loadLimitMs: LOAD_LIMIT_MS,
  };
  return { models, tagOf, settings, knownBytes, realBytes: knownBytes ?? REAL_GB * GB };
}

export type Machine = ReturnType<typeof machineOf>;
