import type { ModelSpec } from './model-spec.ts';
import { makeModel, type SimulatedModel } from './models.ts';
import { nameKey, parseName } from './names.ts';

/** The installed models. */
export type Disk = {
  /** By any spelling of its name; undefined where it is not installed or not a name. */
  find(name: string): SimulatedModel | undefined;
  /** The newest first. */
  list(): readonly SimulatedModel[];
  add(model: SimulatedModel): void;
  remove(model: SimulatedModel): void;
};

export function createDisk(specs: readonly ModelSpec[]): Disk {
  const models = new Map<string, SimulatedModel>();
  const keyOf = (name: string): string => {
    const parsed = parseName(name);
    return parsed ? nameKey(parsed) : '';
  };
  const add = (model: SimulatedModel) => void models.set(keyOf(model.tag), model);
  for (const [age, spec] of specs.entries()) add(makeModel(spec, age));
  return {
    find: (name) => models.get(keyOf(name)),
    list: () => [...models.values()].toSorted((a, b) => (a.modifiedAt < b.modifiedAt ? 1 : -1)),
    add,
    remove: (model) => void models.delete(keyOf(model.tag)),
  };
}
