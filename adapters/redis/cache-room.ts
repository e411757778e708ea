import type { Link } from './cache-connection.ts';
import { Crowded, isReply } from './cache-trouble.ts';

/** Beyond this share of a Redis that evicts nothing, the cache leaves the rest to the queue. */
const FULL_SHARE = 0.7;
/** It takes writes again below this, so that it does not change its mind with every entry. */
const FREE_SHARE = 0.65;
/** What Redis answers to a write that it has no room for, or may not keep. */
const TAKES_NOTHING = /^(OOM|MISCONF|READONLY)\b/;
/** Removed before anybody asks. In milliseconds. */
const PROBE_TTL_MS = 1;
/** What was written since the last look is a reason for the next one from this share of the memory. */
const LOOK_AGAIN_SHARE = 0.01;

/** `limit` 0: there is none. */
type Memory = { readonly used: number; readonly limit: number; readonly evicts: boolean };

export type Room = {
  /** Why Redis takes nothing more; undefined where it does. */
  full(): unknown;
  /** Looks whether there is room. Throws what the client throws. */
  look(link: Link): Promise<void>;
  /** A write failed. True where it means that Redis takes nothing more. */
  refused(error: unknown): boolean;
  /** True where it is time to look again. */
  wrote(bytes: number): boolean;
};

/** Whether there is room in Redis. `probeKey` is written to find out. */
export function roomInRedis(probeKey: string): Room {
  let refusal: unknown;
  let crowded: Crowded | undefined;
  let written = 0;
  let most = Number.POSITIVE_INFINITY;

  return {
    full: () => refusal ?? crowded,
    async look({ client }) {
      if (refusal !== undefined) refusal = await refusalOf(client.set(probeKey, '', { PX: PROBE_TTL_MS }));
      // Not every Redis lets everybody ask: then only a refused write shows that there is no room.
      const { used, limit, evicts } = readMemory(await client.info('memory').catch(nothingIfRefused));
      most = limit || Number.POSITIVE_INFINITY;
      written = 0;
      const isCrowded = !evicts && used / most > (crowded ? FREE_SHARE : FULL_SHARE);
      crowded = isCrowded ? new Crowded() : undefined;
    },
    refused(error) {
      if (!takesNothing(error)) return false;
      refusal = error;
      return true;
    },
    wrote(bytes) {
      written += bytes;
      if (written < most * LOOK_AGAIN_SHARE) return false;
      written = 0;
      return true;
    },
  };
}

function takesNothing(error: unknown): boolean {
  return error instanceof Error && TAKES_NOTHING.test(error.message);
}

async function refusalOf(write: Promise<unknown>): Promise<unknown> {
  try {
    await write;
    return undefined;
  } catch (error) {
    if (takesNothing(error)) return error;
    if (isReply(error)) return undefined;
    throw error;
  }
}

function nothingIfRefused(error: unknown): string {
  if (isReply(error)) return '';
  throw error;
}

/** Reads the answer to INFO memory. */
function readMemory(info: string): Memory {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  return {
    used: Number(field('used_memory')),
    limit: Number(field('maxmemory')),
    evicts: field('maxmemory_policy') !== 'noeviction',
  };
}
