import type { Trace } from '../../../bench/scheduler/trace.ts';
import type { Setting } from '../../../bench/swaps/machine.ts';
import { memoryPlan } from '../../../bench/swaps/memory-plan.ts';

const MODEL = {
  gb: 14,
  coldSeconds: 500,
  warmSeconds: 5,
  prefillSeconds: 1,
  tokensPerSecond: 10,
  parallel: 1,
};

/** Two models, of which the memory holds one. */
export function hands(requests: Trace['requests'], { speed = 1_000, ramGb = 0 } = {}): Setting {
  const models = ['A', 'B'].map((name) => ({ ...MODEL, name }));
  const trace = { vramGb: 20, ramGb, models, requests };
  return { trace, plan: memoryPlan('made by hand', trace), speed };
}
