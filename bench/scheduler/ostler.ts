import { createArrivalRate } from '../../src/models/arrival-rate.ts';
import { decide } from '../../src/models/schedule/decide.ts';
import type { Action, HostState, ModelState, Plan } from '../../src/models/schedule/state.ts';
import { createServiceTime } from '../../src/models/service-time.ts';
import type { Machine } from './machine.ts';
import type { Model } from './machine-state.ts';
import type { OpenPolicy } from './policy.ts';

/** The scheduler as it runs in production: its `decide`, with what it learns of arrivals and answers. */
export const ostler: OpenPolicy = (machine) => {
  const arrivals = createArrivalRate(machine.now);
  const service = createServiceTime();
  const models = new Map(machine.models.map((model) => [model.tag, model]));
  let plan: Plan | undefined;

  function find(tag: string): Model {
    const model = models.get(tag);
    if (!model) throw new Error(`There is no model ${tag}.`);
    return model;
  }

  function toState(model: Model): ModelState {
    const { tag, state, running, slots, sizeBytes, readyAt, lastUsedAt } = model;
    return {
      tag,
      state,
      running,
      slots,
      needBytes: sizeBytes,
      fileBytes: sizeBytes,
      readyAt,
      lastUsedAt,
      foreign: false,
      isOthers: false,
      keeps: 'free',
      restsUntil: 0,
      coldLoadMs: model.coldMs,
      warmLoadMs: model.warmMs,
      serviceMs: service.of(tag),
      arrivalRate: arrivals.of(tag, machine.now),
    };
  }

  function hostState(): HostState {
    return {
      host: 'simulated',
      reachable: true,
      models: machine.models.map(toState),
      waiting: machine.waiting.map(({ id, model, eligibleAt }) => ({ id, model: model.tag, eligibleAt })),
      memory: { totalBytes: machine.vramBytes, headroom: 1 },
      roomSeen: { heldBytes: 0, refusedBytes: Number.POSITIVE_INFINITY, headroom: 1 },
      maxModels: Number.POSITIVE_INFINITY,
      eviction: 'auto',
      unloadIdle: false,
      asksFirst: false,
      plan,
      order: undefined,
      leaving: [],
      wishes: [],
      awaited: [],
      pageCache: pageCacheOf(machine),
    };
  }

  function carryOut(action: Action): void {
    switch (action.type) {
      case 'start': {
        const job = machine.waiting.find(({ id }) => id === action.job);
        if (!job) throw new Error(`Nobody waits for ${action.job}.`);
        machine.start(job);
        return;
      }
      case 'load':
        for (const tag of action.evict) machine.evict(find(tag));
        machine.load(find(action.model));
        plan = undefined;
        return;
      case 'unload':
        machine.evict(find(action.model));
        return;
      case 'plan':
        plan = action.plan;
        return;
      case 'stage':
        machine.stage(find(action.model));
        return;
      case 'wake':
        machine.wake(action.at);
        return;
      case 'ask':
        throw new Error('Nobody is asked here.');
    }
  }

  return {
    arrived: ({ model }) => arrivals.note(model.tag, machine.now),
    answered: ({ model, workMs }) => service.learn(model.tag, workMs),
    act() {
      let actions: readonly Action[];
      // After a load there is something to decide at once: what is read from the disk meanwhile.
      do {
        actions = decide(hostState(), machine.now);
        for (const action of actions) carryOut(action);
      } while (actions.some(({ type }) => type === 'load'));
    },
  };
};

function pageCacheOf({ cacheBytes, disk }: Machine): HostState['pageCache'] {
  return {
    bytes: cacheBytes,
    files: disk.files.map(({ tag, sizeBytes }) => ({ tag, bytes: sizeBytes })),
    staging: disk.staging && { tag: disk.staging.model.tag, endsAt: disk.staging.endsAt },
    diskBusy: disk.isBusy,
  };
}
