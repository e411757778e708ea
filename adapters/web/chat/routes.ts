import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { newCommand } from '../../../src/chat/command-conversation.ts';
import { modelCommand } from '../../../src/chat/command-model.ts';
import { viewsFor } from '../../../src/chat/command-views.ts';
import { findCommand } from '../../../src/chat/commands.ts';
import type { Front } from '../../../src/chat/front.ts';
import type { Address } from '../../../src/chat/message.ts';
import type { WebEnv, WebOptions } from '../env.ts';
import { refuse, STATUS_OF } from '../failure.ts';
import { decodeBase64, parse, readJson } from '../json.ts';
import { sayIt } from '../said-lines.ts';
import {
  addressSchema,
  agreeBody,
  commandBody,
  messageBody,
  modelBody,
  nothing,
  stopBody,
} from './bodies.ts';
import { callerOf, give, unknownFailure } from './commands.ts';
import { streamEvents } from './events.ts';

/** As people write it: the rules choose the model. */
const AUTO = 'auto';

/**
 * | request | body | answer |
 * |---|---|---|
 * | GET  /api/commands | | {commands: CommandView[]}: those that the caller may give |
 * | POST /api/chats/:chat/messages | {id, text, images?: [{mediaType, data}], model?, standalone?, cache?: CacheWish, background?: true, thread?, platform?} | 202 {kind: 'taken', job}, 200 {kind: 'duplicate', job} |
 * | POST /api/chats/:chat/commands | {id, name, argument?, thread?, platform?} | Said: {markdown, offer?: {command, choices: [{value, label}]}, undone?, waits?}; to who accepts application/x-ndjson one a line, each in the place of the one before |
 * | GET  /api/chats/:chat/events?after= | | text/event-stream of ConversationEvent; Last-Event-ID goes before after |
 * | POST /api/chats/:chat/stop | {job?} | {stopped} |
 * | POST /api/chats/:chat/agree | {job, choice: 'switch' | 'resident', question: the `asks.id` of its progress} | {agreed}: false where that is not asked any more |
 * | POST /api/chats/:chat/typing | {} or nothing | {} |
 * | POST /api/chats/:chat/new | {} or nothing | {} |
 * | GET  /api/chats/:chat/model | | {model}: an alias or tag, or null where the rules decide |
 * | PUT  /api/chats/:chat/model | {model} | {model}; it is loaded, unless somebody is to be asked first |
 *
 * What people read of an answer comes as `words` beside it.
 * Every failure is {error: {code, message, hint?, room?}}. `?thread=` and `?platform=` say which conversation of
 * the chat is meant; a platform other than web may be named on the trusted socket only.
 */
export function apiRoutes(front: Front, options: WebOptions): Hono<WebEnv> {
  const api = new Hono<WebEnv>();
  const addresses = addressSchema(options.trusted ?? false);
  const now = options.now ?? Date.now;

  function addressOf(c: Context, named: { thread?: string | undefined; platform?: string | undefined } = {}) {
    const { chat, thread, platform } = parse(addresses, {
      // What concerns no chat is asked for by somebody all the same.
      chat: c.req.param('chat') ?? 'none',
      thread: named.thread ?? c.req.query('thread'),
      platform: named.platform ?? c.req.query('platform'),
    });
    return { platform, chat, ...(thread !== undefined && { thread }) } satisfies Address;
  }

  api.get('/commands', async (c) => {
    const { role } = await callerOf(front, addressOf(c));
    return c.json({ commands: viewsFor(role, front) });
  });

  api.post('/chats/:chat/messages', async (c) => {
    const body = await readJson(c, messageBody);
    const { address, person } = await callerOf(front, addressOf(c, body));
    const pictures = body.images.map((image) => ({ ...image, bytes: decodeBase64(image.data) }));
    const images = await Promise.all(pictures.map((one) => front.keepFile(one.bytes, one.mediaType)));
    const receipt = await front.receive({
      id: body.id,
      address,
      person,
      kind: 'direct',
      text: body.text,
      images,
      ...(body.model !== undefined && { model: body.model }),
      ...(body.standalone !== undefined && { standalone: body.standalone }),
      ...(body.cache !== undefined && { cache: body.cache }),
      ...(body.background && { isBackground: true }),
      sentAt: now(),
    });
    if (receipt.kind === 'refused') return refuse(c, STATUS_OF[receipt.failure.code], receipt.failure);
    return c.json(receipt, receipt.kind === 'taken' ? 202 : 200);
  });

  api.post('/chats/:chat/commands', async (c) => {
    const body = await readJson(c, commandBody);
    const caller = await callerOf(front, addressOf(c, body));
    const command = findCommand(body.name);
    if (!command) return refuse(c, 404, unknownFailure(body.name, caller.role));
    return sayIt(c, await give(command, front, caller, body), options);
  });

  api.get('/chats/:chat/events', (c) => streamEvents(c, front, addressOf(c), options));

  api.post('/chats/:chat/stop', async (c) => {
    const { job } = await readJson(c, stopBody);
    const { address } = await callerOf(front, addressOf(c));
    return c.json({ stopped: await front.stop(address, job === undefined ? {} : { job }) });
  });

  api.post('/chats/:chat/agree', async (c) => {
    const { job, ...answer } = await readJson(c, agreeBody);
    const { address } = await callerOf(front, addressOf(c));
    return c.json({ agreed: await front.agree(address, job, answer) });
  });

  api.post('/chats/:chat/typing', async (c) => {
    await readJson(c, nothing);
    front.typing((await callerOf(front, addressOf(c))).address);
    return c.json({});
  });

  api.post('/chats/:chat/new', async (c) => {
    await readJson(c, nothing);
    const caller = await callerOf(front, addressOf(c));
    await give(newCommand, front, caller, { id: randomUUID(), argument: '' });
    return c.json({});
  });

  api.get('/chats/:chat/model', async (c) => c.json({ model: await front.chosen(addressOf(c)) }));

  api.put('/chats/:chat/model', async (c) => {
    const { model } = await readJson(c, modelBody);
    const caller = await callerOf(front, addressOf(c));
    await give(modelCommand, front, caller, { id: randomUUID(), argument: model ?? AUTO });
    return c.json({ model });
  });

  return api;
}
