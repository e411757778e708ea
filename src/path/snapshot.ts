import type { Config } from '../config/schema.ts';
import { defined, namedModels, tagOf } from '../models/catalogue.ts';
import { keepAlivePolicy } from '../models/keep-alive.ts';
import type { Settings } from '../models/settings.ts';
import type { ModelOptions } from './job.ts';
import { compileRules } from './route.ts';
import type { Patience } from './watch.ts';

/** A card of 24 GB has 24 GiB. */
const GIB = 1_024 ** 3;

/** The configuration as the path reads it: made once, never changed. */
export type Snapshot = {
  readonly llm: Config['llm'];
  readonly cache: Config['response_cache'];
  readonly settings: Settings & { readonly options: ModelOptions };
  readonly patience: Patience;
  /** What one person asks in a direct chat while they wait is answered as one question. */
  readonly answersTogether: boolean;
};

export function makeSnapshot({ llm, response_cache: cache, queue }: Config): Snapshot {
  const models = namedModels(llm);
  return {
    llm,
    cache,
    settings: {
      models,
      routing: { models, rules: compileRules(llm.routing.rules), default: llm.routing.default },
      policy: keepAlivePolicy(llm.cache),
      parallel: llm.parallel,
      memory: {
        vramBytes: llm.memory.vram_gb === null ? null : llm.memory.vram_gb * GIB,
        allowSpill: llm.memory.allow_spill,
      },
      staging: llm.staging,
      asksFirst: llm.memory.confirm_before_unload || !llm.memory.auto_unload,
      stay: staysOf(llm),
      maxRetries: llm.max_retries,
      loadLimitMs: llm.timeouts.load_seconds * 1_000,
      options: defined(llm.options),
    },
    patience: {
      firstPartMs: llm.timeouts.first_part_seconds * 1_000,
      betweenPartsMs: llm.timeouts.between_parts_seconds * 1_000,
    },
    answersTogether: queue.answer_together,
  };
}

function staysOf(llm: Config['llm']): Settings['stay'] {
  const models = namedModels(llm);
  const tags = (names: readonly string[]) => names.map((name) => tagOf(name, models));
  const { routing, return_to_default_minutes: minutes, memory, preload } = llm;
  return {
    pinned: models.flatMap(({ tag, pinned }) => (pinned ? [tag] : [])),
    preserved: tags(memory.preserve_models),
    preload: tags(preload),
    default: routing.default === null ? undefined : tagOf(routing.default, models),
    returnAfterMs: minutes === null ? null : minutes * 60_000,
  };
}
