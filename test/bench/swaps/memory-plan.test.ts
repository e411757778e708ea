import { describe, expect, it } from 'vitest';
import { makeTrace } from '../../../bench/scheduler/families.ts';
import { CONTEXT_TOKENS, toGib, toSpecs } from '../../../bench/swaps/machine.ts';
import { memoryPlan } from '../../../bench/swaps/memory-plan.ts';
import { FIT_SHARE, GIB, neededBytes, predictedBytes } from '../../../demo/ollama/memory.ts';
import { makeModel } from '../../../demo/ollama/models.ts';

/** Every set of at least one of so many. */
function subsets(count: number): readonly (readonly number[])[] {
  return Array.from({ length: 2 ** count - 1 }, (_, set) =>
    Array.from({ length: count }, (_, at) => at).filter((at) => ((set + 1) >> at) & 1),
  );
}

describe.each(['T1', 'T5', 'T8-70'])('the memory of %s', (family) => {
  const trace = makeTrace(family, 1);
  const plan = memoryPlan(family, trace);
  const models = toSpecs(trace, plan).map(makeModel);
  const needs = models.map((model) => neededBytes(model, CONTEXT_TOKENS, 1));
  const predicted = models.map((model) => predictedBytes(model, CONTEXT_TOKENS, 1));
  const vramBytes = toGib(plan.vramGb) * GIB;
  const total = (set: readonly number[], of: readonly number[]) =>
    set.reduce((all, at) => all + (of[at] ?? 0), 0);
  const sizes = trace.models.map(({ gb }) => gb);

  it('holds the same sets of models, whichever of them comes last', () => {
    for (const set of subsets(models.length)) {
      const fits = total(set, sizes) <= trace.vramGb;
      for (const last of set) {
        const others = set.filter((at) => at !== last);
        if (total(others, sizes) > trace.vramGb) continue;
        const free = vramBytes - total(others, needs);
        const room = others.length === 0 ? free : free * FIT_SHARE;
        // Ollama goes by what it predicts, Ostler by the larger of that and what it measured.
        for (const need of [predicted, needs]) expect((need[last] ?? 0) <= room).toBe(fits);
      }
    }
  });

  it('takes no more room on the disk', () => {
    expect(models.map(({ sizeBytes }) => sizeBytes / 1e9)).toEqual(sizes);
  });
});
