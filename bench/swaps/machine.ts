import type { ModelSpec } from '../../demo/ollama/model-spec.ts';
import { makeModel } from '../../demo/ollama/models.ts';
import { createOllama, type Ollama } from '../../demo/ollama/ollama.ts';
import { tieOrder } from '../scheduler/ollama.ts';
import type { Trace, TraceRequest } from '../scheduler/trace.ts';
import { contextGb, type MemoryPlan } from './memory-plan.ts';

const GIB = 1_024 ** 3;
const BYTES_PER_GB = 1e9;
/** Holds every question with its answer, and lets nobody read its prompt in larger pieces. */
export const CONTEXT_TOKENS = 4_096;
/** A key and a value of two bytes each. */
const BYTES_PER_WIDTH = 4;

/** A trace that is played in real time, `speed` times as fast. */
export type Setting = { readonly trace: Trace; readonly plan: MemoryPlan; readonly speed: number };

export type Question = {
  readonly id: string;
  readonly chat: string;
  readonly model: string;
  readonly text: string;
};

/** The simulated Ollama with the models of the trace. */
export function openMachine({ trace, plan, speed }: Setting): Promise<Ollama> {
  const lengths = trace.requests.map(({ tokens }) => Math.max(1, Math.round(tokens)));
  return createOllama({
    speed,
    tellsSimulatedTime: true,
    // As on the simulated machine, a model that leaves the memory is gone.
    stopSecondsPerGb: 0,
    vramLagSeconds: 0,
    vramGib: toGib(plan.vramGb),
    ramGib: toGib(trace.ramGb),
    contextLength: CONTEXT_TOKENS,
    parallel: parallelOf(trace),
    models: toSpecs(trace, plan),
    answer: ({ turns }) => ' word'.repeat(lengths[Number(turns.at(-1)?.content)] ?? 1),
    keepRecords: 0,
  });
}

/** The text is its number: by it the simulated Ollama knows how much to answer. */
export function toQuestion({ models }: Trace, { chat, model }: TraceRequest, at: number): Question {
  const text = String(at);
  return { id: text, chat: String(chat), model: tagOf(models, model), text };
}

/** Ollama has one number for all models. */
export function parallelOf({ models }: Trace): number {
  const [parallel = 1, ...others] = new Set(models.map((model) => model.parallel));
  if (others.length > 0) throw new Error('All models must have the same number of slots.');
  return parallel;
}

export function tagOf(models: Trace['models'], at: number): string {
  return `${models[at]?.name.toLowerCase()}:latest`;
}

export function toGib(gb: number): number {
  return (gb * BYTES_PER_GB) / GIB;
}

/** Of one layer and one head, as wide as the context that the plan wants needs it. */
export function toSpecs(trace: Trace, { needsGb }: MemoryPlan): readonly ModelSpec[] {
  const { models } = trace;
  const order = tieOrder(trace);
  return models.map(({ gb, coldSeconds, warmSeconds, tokensPerSecond, prefillSeconds }, at) => {
    const contextBytes = contextGb(needsGb[at] ?? gb, gb) * BYTES_PER_GB;
    return {
      tag: tagOf(models, at),
      revision: revisionOf(
        tagOf(models, at),
        order.filter((other) => other < (order[at] ?? 0)).length,
        models.length,
      ),
      sizeGb: gb,
      contextLength: CONTEXT_TOKENS,
      layers: 1,
      heads: 1,
      kvHeads: 1,
      embeddingLength: Math.max(1, Math.round(contextBytes / CONTEXT_TOKENS / BYTES_PER_WIDTH)),
      coldSeconds,
      warmSeconds,
      tokensPerSecond,
      prefillSeconds,
    };
  });
}

/** One whose file has the digest that comes in this place of so many: Ollama's victims go by it. */
function revisionOf(tag: string, place: number, count: number): string {
  for (let number = 0; ; number += 1) {
    const revision = String(number);
    const { blob } = makeModel({ tag, sizeGb: 1, revision }, 0);
    if (Math.floor((Number.parseInt(blob.slice(0, 2), 16) / 256) * count) === place) return revision;
  }
}
