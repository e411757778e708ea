import type { ModelOptions } from '../path/job.ts';

/** What a model was loaded with. `shown`: the context that the server showed of it first, in tokens. */
export type Load = { readonly options: ModelOptions; readonly shown: number | undefined };

/** Reads what was kept of loads, by tag; what is not to be understood is left out. */
export function readLoads(value: unknown): ReadonlyMap<string, Load> {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(Object.entries(value).filter((entry): entry is [string, Load] => isLoad(entry[1])));
}

function isLoad(value: unknown): value is Load {
  const { options, shown } = (value ?? {}) as Partial<Load>;
  return typeof options === 'object' && options !== null && typeof shown === 'number';
}
