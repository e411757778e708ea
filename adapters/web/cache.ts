import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import type { CachePart } from '../../src/cache/response-cache.ts';
import type { Front } from '../../src/chat/front.ts';
import type { Address } from '../../src/chat/message.ts';
import { requireCachePart } from '../../src/chat/require-cache-part.ts';
import { OstlerError, toFailure } from '../../src/errors.ts';
import type { Caller } from '../../src/people/presence.ts';
import { isBotAdmin } from '../../src/people/role.ts';
import type { CacheStats } from '../../src/stats/cache-stats.ts';
import { addressSchema, questionBody } from './chat/bodies.ts';
import { callerOf } from './chat/commands.ts';
import type { WebEnv, WebOptions } from './env.ts';
import { decodeBase64, parse, readJson } from './json.ts';

const WHAT = 'cache-clear';
/** Belongs to no chat. */
const CHAT = 'none';

/** `words`: what could not be removed, for people. */
type Cleared = { readonly complete: boolean; readonly words?: string };

const clearBody = z.strictObject({ backend: z.enum(['memory', 'sqlite', 'redis']).optional() });

/**
 * | request | body | answer |
 * |---|---|---|
 * | GET  /api/cache/stats | | CacheStats |
 * | POST /api/cache/clear | {backend?: 'memory' or 'sqlite' or 'redis'} | Cleared; the owner and admins only |
 * | POST /api/cache/invalidate | {text, images?, model?, standalone?, chat?, thread?, platform?}: as it was asked | {}: the caller is given that answer no more |
 */
export function cacheRoutes(front: Front, { trusted = false }: Pick<WebOptions, 'trusted'>): Hono<WebEnv> {
  const cache = new Hono<WebEnv>();
  const addresses = addressSchema(trusted);

  cache.get('/stats', (c) => c.json(front.cacheStats()));

  cache.post('/clear', async (c) => {
    const { backend } = await readJson(c, clearBody);
    const { platform, chat } = parse(addresses, { chat: CHAT, platform: c.req.query('platform') });
    return c.json(await clear(front, await callerOf(front, { platform, chat }), backend));
  });

  cache.post('/invalidate', async (c) => {
    const body = await readJson(c, questionBody);
    const address = parse(addresses, { ...body, platform: body.platform ?? c.req.query('platform') });
    await invalidate(front, await callerOf(front, addressOf(address)), body);
    return c.json({});
  });

  return cache;
}

type Question = Omit<z.infer<typeof questionBody>, 'chat'>;

/** Who asks afresh does no more: nobody has to be an admin for it. */
async function invalidate(front: Front, caller: Caller, question: Question): Promise<void> {
  await front.admit(caller);
  const note = { what: 'cache-invalidate' };
  try {
    const { text, model, standalone } = question;
    const pictures = question.images.map(({ mediaType, data }) => ({ mediaType, bytes: decodeBase64(data) }));
    await front.invalidate({
      id: randomUUID(),
      address: caller.address,
      person: caller.person,
      kind: 'direct',
      text,
      images: await Promise.all(pictures.map((one) => front.keepFile(one.bytes, one.mediaType))),
      ...(model !== undefined && { model }),
      ...(standalone !== undefined && { standalone }),
      sentAt: front.now(),
    });
    front.audit(caller, note, 'done');
  } catch (error) {
    front.audit(caller, note, toFailure(error).code);
    throw error;
  }
}

function addressOf({ platform, chat, thread }: z.infer<ReturnType<typeof addressSchema>>): Address {
  return { platform, chat, ...(thread !== undefined && { thread }) };
}

/** Counts it, and notes what came of it. */
async function clear(front: Front, caller: Caller, part: CachePart | undefined): Promise<Cleared> {
  await front.admit(caller);
  const note = { what: WHAT, ...(part !== undefined && { on: part }) };
  try {
    requireAdmin(caller);
    requireCachePart(front.cacheStats(), part);
    const complete = await front.clearCache(part);
    const { l2 } = front.cacheStats();
    if (!complete && part !== undefined) throw notCleared(l2, part);
    front.audit(caller, note, complete ? 'done' : 'unreachable');
    return complete ? { complete } : { complete, words: textsStay(l2) };
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

function notCleared(l2: CacheStats['l2'], part: CachePart): OstlerError {
  return new OstlerError(`${part} could not be cleared${stateOf(l2)}. Some of it may be gone.`, {
    code: 'unreachable',
    hint: `${l2?.detail ? `${l2.detail} ` : ''}Without a backend everything is cleared, whatever state it is in.`,
  });
}

function textsStay(l2: CacheStats['l2']): string {
  return `Nothing that was kept is given again, but ${l2?.backend} could not be cleared${stateOf(l2)}: its texts stay there until their time is over. Clear it once more when it works.`;
}

/** Empty where that explains nothing. */
function stateOf(l2: CacheStats['l2']): string {
  return l2 === null || l2.state === 'ready' ? '' : `: it is ${l2.state}`;
}
