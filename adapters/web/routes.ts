import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Front } from '../../src/chat/front.ts';
import type { Address } from '../../src/chat/message.ts';
import type { WebEnv, WebOptions } from './env.ts';
import { streamEvents } from './events.ts';
import { refuse, STATUS_OF } from './failure.ts';
import {
  addressSchema,
  decodeBase64,
  emptyBody,
  messageBody,
  modelBody,
  parse,
  readJson,
  stopBody,
} from './input.ts';
import { statusWithWords } from './words.ts';

/**
 * | request | body | answer |
 * |---|---|---|
 * | GET  /api/status | | StatusView |
 * | POST /api/chats/:chat/messages | {id, text, images?: [{mediaType, data}], model?, standalone?, thread?, platform?} | 202 {kind: 'taken', job}, 200 {kind: 'duplicate', job} |
 * | GET  /api/chats/:chat/events?after= | | text/event-stream of ConversationEvent; Last-Event-ID goes before after |
 * | POST /api/chats/:chat/stop | {job?} | {stopped} |
 * | POST /api/chats/:chat/new | {} or nothing | {} |
 * | GET  /api/chats/:chat/model | | {model}: an alias or tag, or null where the rules decide |
 * | PUT  /api/chats/:chat/model | {model} | {model} |
 *
 * What people read of an answer, a model or Ollama's state comes as `words` beside it.
 * Every failure is {error: {code, message, hint?}}. `?thread=` and `?platform=` say which conversation of
 * the chat is meant; a platform other than web may be named on the trusted socket only.
 */
export function apiRoutes(front: Front, options: WebOptions): Hono<WebEnv> {
  const api = new Hono<WebEnv>();
  const addresses = addressSchema(options.trusted ?? false);
  const now = options.now ?? Date.now;

  function addressOf(c: Context, named: { thread?: string | undefined; platform?: string | undefined } = {}) {
    const { chat, thread, platform } = parse(addresses, {
      chat: c.req.param('chat'),
      thread: named.thread ?? c.req.query('thread'),
      platform: named.platform ?? c.req.query('platform'),
    });
    return { platform, chat, ...(thread !== undefined && { thread }) } satisfies Address;
  }

  api.on(
    ['POST', 'PUT'],
    '/*',
    jsonOnly(),
    bodyLimit({
      maxSize: options.maxBodyBytes,
      onError: (c) =>
        refuse(c, 413, {
          code: 'bad_input',
          message: 'That is too large.',
          hint: 'Send fewer or smaller pictures, or raise files.max_mb in the configuration.',
        }),
    }),
  );

  api.get('/status', (c) => c.json(statusWithWords(front.status())));

  api.post('/chats/:chat/messages', async (c) => {
    const body = await readJson(c, messageBody);
    const address = addressOf(c, body);
    const pictures = body.images.map((image) => ({ ...image, bytes: decodeBase64(image.data) }));
    const images = await Promise.all(pictures.map((one) => front.keepFile(one.bytes, one.mediaType)));
    const receipt = await front.receive({
      id: body.id,
      address,
      person: { id: address.platform },
      kind: 'direct',
      text: body.text,
      images,
      ...(body.model !== undefined && { model: body.model }),
      ...(body.standalone !== undefined && { standalone: body.standalone }),
      sentAt: now(),
    });
    if (receipt.kind === 'refused') return refuse(c, STATUS_OF[receipt.failure.code], receipt.failure);
    return c.json(receipt, receipt.kind === 'taken' ? 202 : 200);
  });

  api.get('/chats/:chat/events', (c) => streamEvents(c, front, addressOf(c), options));

  api.post('/chats/:chat/stop', async (c) => {
    const { job } = await readJson(c, stopBody);
    return c.json({ stopped: await front.stop(addressOf(c), job === undefined ? {} : { job }) });
  });

  api.post('/chats/:chat/new', async (c) => {
    await readJson(c, emptyBody);
    await front.startNew(addressOf(c));
    return c.json({});
  });

  api.get('/chats/:chat/model', async (c) => c.json({ model: await front.chosen(addressOf(c)) }));

  api.put('/chats/:chat/model', async (c) => {
    const { model } = await readJson(c, modelBody);
    await front.choose(addressOf(c), model);
    return c.json({ model });
  });

  return api;
}

/** A form or an image of another site cannot send this type without asking first. */
function jsonOnly(): MiddlewareHandler {
  return async (c, next) => {
    const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
    if (type === 'application/json') return next();
    return refuse(c, 415, {
      code: 'bad_input',
      message: 'Only JSON is understood here.',
      hint: 'Send Content-Type: application/json.',
    });
  };
}
