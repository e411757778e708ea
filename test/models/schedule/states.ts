import type { HostState, ModelState } from '../../../src/models/schedule/state.ts';

export function model(tag: string, more: Partial<ModelState> = {}): ModelState {
  return {
    tag,
    state: 'not_loaded',
    running: 0,
    slots: 1,
    needBytes: 10,
    fileBytes: 9,
    readyAt: -1,
    lastUsedAt: 0,
    foreign: false,
    isOthers: false,
    keeps: 'free',
    restsUntil: 0,
    coldLoadMs: 20_000,
    warmLoadMs: 2_000,
    serviceMs: 8_000,
    arrivalRate: 0,
    ...more,
  };
}

export const ready = (tag: string, more: Partial<ModelState> = {}): ModelState =>
  model(tag, { state: 'ready', ...more });

/** A server whose memory holds one model of ten bytes and a half, unless it is said otherwise. */
export function host(more: Partial<HostState> = {}): HostState {
  return {
    host: 'here',
    reachable: true,
    models: [],
    waiting: [],
    memory: { totalBytes: 15, headroom: 1 },
    roomSeen: { heldBytes: 0, refusedBytes: Number.POSITIVE_INFINITY, headroom: 1 },
    maxModels: 3,
    eviction: 'auto',
    unloadIdle: false,
    asksFirst: false,
    plan: undefined,
    order: undefined,
    wishes: [],
    awaited: [],
    leaving: [],
    pageCache: { bytes: 0, files: [], staging: undefined, diskBusy: false },
    ...more,
  };
}

/** Jobs named by their model and number, eligible one after the other. */
export function waiting(...ids: string[]) {
  return ids.map((id, index) => ({ id, model: id.replace(/\d+$/, ''), eligibleAt: index }));
}
