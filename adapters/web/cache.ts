import { Hono } from 'hono';
import { z } from 'zod';
import type { CachePart } from '../../src/cache/response-cache.ts';
import type { Front } from '../../src/chat/front.ts';
import { requireCachePart } from '../../src/chat/require-cache-part.ts';
import { OstlerError, toFailure } from '../../src/errors.ts';
import type { Caller } from '../../src/people/presence.ts';
import { isBotAdmin } from '../../src/people/role.ts';
import type { CacheStats } from '../../src/stats/cache-stats.ts';
import { addressSchema } from './chat/bodies.ts';
import { callerOf } from './chat/commands.ts';
import type { WebEnv, WebOptions } from './env.ts';
import { parse, readJson } from './json.ts';

const WHAT = 'cache-clear';
/** Belongs to no chat. */
const CHAT = 'none';

const clearBody = z.strictObject({ backend: z.enum(['memory', 'sqlite', 'redis']).optional() });

/**
 * | request | body | answer |
 * |---|---|---|
 * | GET  /api/cache/stats | | CacheStats |
 * | POST /api/cache/clear | {backend?: 'memory' or 'sqlite' or 'redis'} | {}; the owner and admins only |
 */
export function cacheRoutes(front: Front, { trusted = false }: Pick<WebOptions, 'trusted'>): Hono<WebEnv> {
  const cache = new Hono<WebEnv>();
  const addresses = addressSchema(trusted);

  cache.get('/stats', (c) => c.json(front.cacheStats()));

  cache.post('/clear', async (c) => {
    const { backend } = await readJson(c, clearBody);
    const { platform, chat } = parse(addresses, { chat: CHAT, platform: c.req.query('platform') });
    await clear(front, await callerOf(front, { platform, chat }), backend);
    return c.json({});
  });

  return cache;
}

/** Counts it, and notes what came of it. */
async function clear(front: Front, caller: Caller, part: CachePart | undefined): Promise<void> {
  await front.admit(caller);
  const note = { what: WHAT, ...(part !== undefined && { on: part }) };
  try {
    requireAdmin(caller);
    const stats = front.cacheStats();
    requireCachePart(stats, part);
    requireReachable(stats, part);
    await front.clearCache(part);
    front.audit(caller, note, 'done');
  } catch (error) {
    const { code } = toFailure(error);
    front.audit(caller, note, code === 'forbidden' ? 'refused' : code);
    throw error;
  }
}

function requireAdmin({ role }: Caller): void {
  if (isBotAdmin(role)) return;
  throw new OstlerError('Only the owner and the admins of this bot may do that.', { code: 'forbidden' });
}

/** What all of it may not give again is settled without the second tier; what that one has is not. */
function requireReachable({ l2 }: CacheStats, part: CachePart | undefined): void {
  if (part === undefined || part !== l2?.backend || ['ready', 'full'].includes(l2.state)) return;
  throw new OstlerError(`${part} cannot be cleared now: it is ${l2.state}.`, {
    code: 'unreachable',
    hint: `${l2.detail === '' ? '' : `${l2.detail} `}Without a backend everything is cleared, whatever state it is in.`,
  });
}
