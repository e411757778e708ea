import type { Clock } from '../ports/clock.ts';
import { HEADROOM } from './judging.ts';
import type { Line } from './line.ts';
import type { Lore } from './lore.ts';
import { modelOf, type Place } from './place.ts';
import type { HostState } from './schedule/state.ts';
import type { Settings } from './settings.ts';

type Surroundings = {
  readonly host: string;
  readonly line: Line;
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly lore: Pick<Lore, 'state' | 'memory' | 'knowledge' | 'arrivals' | 'machine' | 'pageCache'>;
  /** Whether only a model can answer it. */
  readonly isMissing: (head: Place) => boolean;
  /** Somebody waits for a model, which is in memory or is not. */
  readonly onDemand: (isResident: boolean) => void;
  readonly intents: (
    seen: Pick<HostState, 'models' | 'waiting'>,
  ) => Pick<HostState, 'plan' | 'order' | 'wishes' | 'leaving'>;
};

/** Puts together all that a decision needs to know. */
export function createHostState({
  host,
  line,
  clock,
  settings,
  lore,
  isMissing,
  onDemand,
  intents,
}: Surroundings): () => HostState {
  /** A question counts once for the model that it waits for, however often it is looked at. */
  function count(place: Place, model: string, now: number): void {
    if (place.countedFor === model) return;
    place.countedFor = model;
    lore.arrivals.note(model, now);
    onDemand(lore.memory.isReady(model));
  }

  return () => {
    const now = clock.now();
    const { policy, asksFirst } = settings();
    const waiting = line.heads(now).flatMap((head) => {
      const model = modelOf(head);
      if (model === undefined || !isMissing(head)) return [];
      count(head, model, now);
      const { consent, eligibleAt, job } = head;
      const isBackground = job.message.isBackground === true;
      return [{ id: job.id, model, eligibleAt, isBackground, ...(consent && { consent: consent.kind }) }];
    });
    const totalBytes = lore.machine.gpuBytes();
    const models = lore.knowledge.models(now);
    return {
      host,
      reachable: !lore.state.away(),
      models,
      waiting,
      memory: totalBytes === undefined ? undefined : { totalBytes, headroom: HEADROOM },
      maxModels: policy.maxModels,
      eviction: policy.eviction,
      unloadIdle: policy.unloadIdle,
      asksFirst,
      pageCache: lore.pageCache(),
      ...intents({ models, waiting }),
    };
  };
}
