import type { Clock } from '../ports/clock.ts';
import { HEADROOM } from './judging.ts';
import type { Lore } from './lore.ts';
import type { Needy } from './needy.ts';
import type { HostState } from './schedule/state.ts';
import type { Settings } from './settings.ts';

type Surroundings = {
  readonly host: string;
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly lore: Pick<Lore, 'state' | 'knowledge' | 'machine' | 'roomSeen' | 'pageCache'>;
  readonly needy: () => readonly Needy[];
  /** The models that open questions will ask for, also those that may not begin yet. */
  readonly expected: () => ReadonlySet<string>;
  readonly intents: () => Pick<HostState, 'plan' | 'order' | 'wishes' | 'awaited' | 'leaving'>;
};

/** Puts together all that a decision needs to know. Whoever looks changes nothing. */
export function createHostState({
  host,
  clock,
  settings,
  lore,
  needy,
  expected,
  intents,
}: Surroundings): () => HostState {
  return () => {
    const now = clock.now();
    const { policy, asksFirst } = settings();
    const waiting = needy().map(({ head: { consent, eligibleAt, job }, model }) => {
      const isBackground = job.message.isBackground === true;
      return { id: job.id, model, eligibleAt, isBackground, ...(consent && { consent }) };
    });
    const models = lore.knowledge.models(now);
    const asked = policy.unloadIdle ? expected() : undefined;
    const kept = models.filter(({ tag, state }) => state === 'ready' && asked?.has(tag));
    const { awaited, leaving, ...intended } = intents();
    const totalBytes = lore.machine.gpuBytes();
    return {
      host,
      reachable: !lore.state.away(),
      models,
      waiting,
      memory: totalBytes === undefined ? undefined : { totalBytes, headroom: HEADROOM },
      roomSeen: lore.roomSeen(),
      maxModels: policy.maxModels,
      eviction: policy.eviction,
      unloadIdle: policy.unloadIdle,
      asksFirst,
      pageCache: lore.pageCache(),
      awaited: [...awaited, ...kept.map(({ tag }) => tag)],
      leaving: [...leaving, ...lore.state.outdated()],
      ...intended,
    };
  };
}
