import { setTimeout as pause } from 'node:timers/promises';
import type { Reach, Reached } from '../reach.ts';

/** So long an Ostler of our own stays open; then a bot that wants to start may. */
const STAY_MS = 10_000;
const GAP_MS = 250;

type Stay = { readonly reach: Reach; close(): Promise<void> };

/**
 * For many questions in a row. An Ostler within this process is not opened anew for each of them, but left now and
 * then: a bot that starts meanwhile takes over, and is found.
 */
export function stay(reach: Reach, stayMs = STAY_MS): Stay {
  let own: Reached | undefined;
  let leaveAt = 0;

  async function close(): Promise<void> {
    const left = own;
    own = undefined;
    await left?.close();
  }

  return {
    close,
    async reach() {
      if (own && performance.now() >= leaveAt) {
        await close();
        await pause(GAP_MS);
      }
      if (!own) {
        const reached = await reach();
        if (!reached.own) return reached;
        own = reached;
        leaveAt = performance.now() + stayMs;
      }
      return { ...own, close: async () => {} };
    },
  };
}
