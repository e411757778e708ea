import type { Installed } from '../ports/models.ts';
import { canChat } from './catalogue.ts';
import type { Inventory } from './inventory.ts';
import type { Keeper } from './let-go.ts';
import type { Machine } from './machine.ts';
import type { Needs } from './needs.ts';
import { demandOf } from './schedule/demand.ts';
import type { HostState } from './schedule/state.ts';
import { victims } from './schedule/victims.ts';
import { judge, leavesByItself, type Verdict } from './verdict.ts';

/** Beside others Ollama loads only what fits into this share of the free memory (server/sched.go). */
export const HEADROOM = 0.8;

type Surroundings = {
  readonly inventory: Pick<Inventory, 'list' | 'find'>;
  readonly needs: Pick<Needs, 'of'>;
  readonly machine: Pick<Machine, 'gpuBytes' | 'totalBytes' | 'ramBytes'>;
  readonly keeperOf: (tag: string) => Keeper;
  readonly allowSpill: () => boolean;
  readonly now: () => number;
};

/** What will happen when a model that is not in memory is loaded as things stand. */
export type Judging = (tag: string, state: HostState) => Verdict;

export function createJudging(surroundings: Surroundings): Judging {
  const { inventory, needs, machine, keeperOf, allowSpill, now } = surroundings;
  const needOf = (model: Installed) => ({ tag: model.tag, need: needs.of(model) });

  return (tag, state) => {
    const wanted = inventory.find(tag);
    const all = demandOf(state, state.waiting, now());
    const demand = all.find(({ model }) => model.tag === wanted?.tag);
    if (!wanted || !demand || demand.model.state !== 'not_loaded') return { kind: 'fits' };
    const inMemory = state.models.filter((model) => model.state !== 'not_loaded');
    const residents = inMemory.map((model) => ({
      ...keeperOf(model.tag),
      bytes: model.needBytes,
      leaves: model.expiresAt !== null,
    }));
    const gone = new Set(residents.filter(leavesByItself).map((resident) => resident.tag));
    const later = all.filter(({ model }) => !gone.has(model.tag));
    return judge({
      wanted: needOf(wanted),
      gpuBytes: machine.gpuBytes(),
      hasNoGpu: machine.totalBytes() === 0,
      ramBytes: machine.ramBytes(),
      residents,
      evict: victims(demand, all, state, true),
      evictLater: victims(demand, later, state, true),
      maxModels: state.maxModels,
      headroom: HEADROOM,
      allowSpill: allowSpill(),
      installed: inventory.list().filter(canChat).map(needOf),
    });
  };
}
