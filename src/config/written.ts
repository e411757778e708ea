/** What the checks across options look at; what is missing or of a wrong type is reported elsewhere. */
export type Written = {
  readonly models: readonly WrittenModel[];
  readonly default: string | undefined;
  /** Models that are named elsewhere, each with its place. */
  readonly named: readonly {
    readonly path: readonly (string | number)[];
    readonly model: string | undefined;
  }[];
  readonly rules: readonly WrittenRule[];
  readonly cache: { readonly type: string | undefined; readonly mostModels: number | undefined };
  readonly baseUrl: string | undefined;
  readonly web: {
    readonly host: string | undefined;
    readonly key: string | undefined;
    readonly enabled: boolean;
  };
  readonly webhook: { readonly url: string | undefined; readonly secret: string | undefined };
};

export type WrittenModel = {
  readonly alias: string;
  readonly tag: string | undefined;
  readonly tasks: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly isPinned: boolean;
};

export type WrittenRule = {
  readonly pattern: string | undefined;
  readonly model: string | undefined;
  readonly task: string | undefined;
  /** Whether the keys stand there at all, whatever their values. */
  readonly names: readonly ('model' | 'task')[];
};

/** Reads what it can of a configuration that may be wrong elsewhere, so that all mistakes are told at once. */
export function readWritten(value: unknown): Written {
  const { llm, web, telegram } = fields(value);
  const { models, routing, base_url, preload, memory, cache } = fields(llm);
  const { type, max_models } = fields(cache);
  const { default: chosen, rules } = fields(routing);
  const { host, key, enabled } = fields(web);
  const { url, secret } = fields(fields(telegram).webhook);
  return {
    models: Object.entries(fields(models)).map(([alias, model]) => readModel(alias, model)),
    default: text(chosen),
    named: [
      ...named(preload, ['llm', 'preload']),
      ...named(fields(memory).preserve_models, ['llm', 'memory', 'preserve_models']),
    ],
    rules: list(rules).map(readRule),
    cache: { type: text(type), mostModels: typeof max_models === 'number' ? max_models : undefined },
    baseUrl: text(base_url),
    web: { host: text(host), key: text(key), enabled: enabled !== false },
    webhook: { url: text(url), secret: text(secret) },
  };
}

function named(value: unknown, path: readonly string[]): Written['named'] {
  return list(value).map((model, index) => ({ path: [...path, index], model: text(model) }));
}

function readModel(alias: string, model: unknown): WrittenModel {
  const { name, task_types, options, pinned } = fields(model);
  return {
    alias,
    tag: text(model) ?? text(name),
    tasks: list(task_types).filter((task) => typeof task === 'string'),
    options: fields(options),
    isPinned: pinned === true,
  };
}

function readRule(rule: unknown): WrittenRule {
  const all = fields(rule);
  return {
    pattern: text(all.pattern),
    model: text(all.model),
    task: text(all.task),
    names: (['model', 'task'] as const).filter((name) => name in all),
  };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
