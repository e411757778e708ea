import { isDeepStrictEqual } from 'node:util';
import { type Path, printPath } from './mistakes.ts';
import type { Config } from './schema.ts';

export type Takeover = {
  /** What is in force from now on. */
  readonly config: Config;
  /** The top-level sections in which it differs from what was in force. */
  readonly changed: readonly string[];
  /** The options whose new value waits for a restart. */
  readonly waiting: readonly string[];
};

/** Takes of a configuration what can change while Ostler runs. Pure. */
export function takeOver(current: Config, next: Config): Takeover {
  const config = keepOpened(current, next);
  const changed = differences(current, config).map(([section]) => String(section));
  return {
    config,
    changed: [...new Set(changed)],
    waiting: differences(config, next).map(printPath),
  };
}

/** What was opened at the start stays open: folders, sockets, connections, the log; what was loaded then is loaded. */
function keepOpened(current: Config, next: Config): Config {
  const { llm, response_cache, telegram, discord, data_dir, redis, files, web, audit, log } = current;
  const timeouts = { ...next.llm.timeouts, status_seconds: llm.timeouts.status_seconds };
  return {
    ...next,
    llm: { ...next.llm, base_url: llm.base_url, preload: llm.preload, timeouts },
    // Its tiers were opened at the start.
    response_cache: { ...next.response_cache, l1: response_cache.l1, l2: response_cache.l2 },
    telegram: { ...telegram, streaming: next.telegram.streaming },
    discord: { ...discord, streaming: next.discord.streaming, threads: next.discord.threads },
    data_dir,
    redis,
    files,
    web,
    audit,
    log,
  };
}

/** Where two values differ: keys at any depth, lists as a whole. */
function differences(one: unknown, other: unknown, path: Path = []): readonly Path[] {
  if (isDeepStrictEqual(one, other)) return [];
  if (!isSection(one) || !isSection(other)) return [path];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].flatMap((key) => differences(one[key], other[key], [...path, key]));
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
