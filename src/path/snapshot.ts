import type { Config } from '../config/schema.ts';
import { defined, namedModels } from '../models/catalogue.ts';
import { keepAlivePolicy } from '../models/keep-alive.ts';
import type { Settings } from '../models/server-view.ts';
import type { ModelOptions } from './job.ts';
import { compileRules } from './route.ts';
import type { Patience } from './watch.ts';

/** The configuration as the path reads it: made once, never changed. */
export type Snapshot = {
  readonly llm: Config['llm'];
  readonly cache: Config['response_cache'];
  readonly settings: Settings & { readonly options: ModelOptions };
  readonly patience: Patience;
};

export function makeSnapshot({ llm, response_cache: cache }: Config): Snapshot {
  const models = namedModels(llm);
  return {
    llm,
    cache,
    settings: {
      models,
      routing: { models, rules: compileRules(llm.routing.rules), default: llm.routing.default },
      policy: keepAlivePolicy(llm.cache),
      parallel: llm.parallel,
      maxRetries: llm.max_retries,
      loadLimitMs: llm.timeouts.load_seconds * 1_000,
      options: defined(llm.options),
    },
    patience: {
      firstPartMs: llm.timeouts.first_part_seconds * 1_000,
      betweenPartsMs: llm.timeouts.between_parts_seconds * 1_000,
    },
  };
}
