import { ordererOf } from '../models/switching.ts';
import type { Front } from './front.ts';
import type { Address, Message } from './message.ts';
import type { Foresight } from './status-view.ts';

/** Of a load that is further, nobody gives up the rest by mistake. */
const HALF = 0.5;

/** What whoever orders a load is asked about first, unless they are sure. */
export type LoadConcerns = {
  /** Another load that they ordered, and that would be given up: how far it is, 0–1. */
  readonly underway?: { readonly model: string; readonly share: number };
  /** What would leave the memory; empty where nobody is asked about that. */
  readonly unloads: readonly string[];
};

type By = { readonly front: Front; readonly address: Address; readonly person: Message['person'] };

export function concernsOf({ front, address, person }: By, { model, verdict }: Foresight): LoadConcerns {
  const underway = loadUnderway(front, ordererOf(address, person), model);
  const unloads = front.asksFirst() && 'evict' in verdict ? verdict.evict : [];
  return { ...(underway && { underway }), unloads };
}

function loadUnderway(front: Front, person: string, model: string): LoadConcerns['underway'] {
  const own = front.orders().find((order) => order.person === person && order.model !== model);
  const progress = own?.progress;
  const isLoading = progress?.stage === 'loading' || progress?.stage === 'initializing';
  const share = isLoading ? (progress.share ?? 0) : 0;
  return own && share > HALF ? { model: own.model, share } : undefined;
}
