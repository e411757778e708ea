import { demand, demandSending, findChannel, findMessage } from './access.ts';
import { bodyOf, type Call, type Route } from './call.ts';
import { findReplied, readChange, readNew } from './compose.ts';
import { refuse } from './errors.ts';
import { wrongField } from './form.ts';
import type { ChatMessage } from './message.ts';
import { createNonces } from './nonces.ts';
import { may } from './permissions.ts';
import { renderMessage } from './render.ts';
import { type ChannelState, DIRECT } from './state.ts';
import { wakeThread } from './threads.ts';
import { textsIn } from './wire.ts';
import { nonceOf, type World } from './world.ts';

const PAGE = 50;
const LARGEST_PAGE = 100;
const BULK_AGE_MS = 14 * 86_400_000;
/** Default, reply, slash command and context menu: what people and bots wrote. */
const WRITTEN = [0, 19, 20, 23];

/** https://docs.discord.com/developers/resources/message */
export function messageRoutes(world: World): readonly Route[] {
  const nonces = createNonces(world.time.now);
  const render = (message: ChatMessage) => renderMessage(world, message, world.readsContent);
  const place = (call: Call) => {
    const channel = findChannel(world, call.param('channel'));
    return { channel, message: findMessage(channel, call.param('message')) };
  };
  const renderMade = (message: ChatMessage) => ({ ...render(message), ...nonceOf(message) });
  /** One that was deleted since is not made again. */
  const sentBefore = (id: string) => {
    const messages = [...world.channels.values()].flatMap((channel) => channel.messages.get(id) ?? []);
    if (!messages[0]) throw refuse('unknownMessage');
    return renderMade(messages[0]);
  };
  const path = '/channels/:channel/messages';

  return [
    {
      method: 'GET',
      path,
      handle: (call) => {
        const channel = findChannel(world, call.param('channel'));
        if (!may(channel, world.bot.id, 'history')) return [];
        return readPage(channel, call).map(render);
      },
    },
    {
      method: 'GET',
      path: `${path}/:message`,
      handle: (call) => {
        const { channel, message } = place(call);
        demand(world, channel, 'history');
        return render(message);
      },
    },
    {
      method: 'POST',
      path,
      handle: (call) => {
        const channel = findChannel(world, call.param('channel'));
        const body = bodyOf(call);
        const content = readNew(world, body, call);
        demandSending(world, channel, {
          embeds: (content.embeds?.length ?? 0) > 0,
          files: call.files.length > 0,
        });
        const { nonce } = content;
        const unique = nonce !== undefined && body.enforce_nonce === true;
        const first = unique ? nonces.find(nonce) : undefined;
        if (first !== undefined) return sentBefore(first);
        const replyTo = findReplied(channel, body);
        if (replyTo) demand(world, channel, 'history');
        wakeThread(world, channel);
        const message = world.post(channel, { ...content, replyTo });
        if (unique) nonces.keep(nonce, message.id);
        return renderMade(message);
      },
    },
    {
      method: 'PATCH',
      path: `${path}/:message`,
      handle: (call) => {
        const { channel, message } = place(call);
        if (message.from.id !== world.bot.id) throw refuse('notItsAuthor');
        if (!WRITTEN.includes(message.type)) throw refuse('systemMessage');
        return render(world.edit(channel, message, readChange(world, message, bodyOf(call), call)));
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:message`,
      handle: (call) => {
        const { channel, message } = place(call);
        if (message.from.id !== world.bot.id) {
          if (channel.type === DIRECT) throw refuse('notInDirectMessages');
          demand(world, channel, 'manageMessages');
        }
        world.remove(channel, [message], 'bot');
      },
    },
    {
      method: 'POST',
      path: `${path}/bulk-delete`,
      handle: (call) => {
        const channel = findChannel(world, call.param('channel'));
        if (channel.type === DIRECT) throw refuse('notInDirectMessages');
        demand(world, channel, 'manageMessages');
        const ids = textsIn(bodyOf(call).messages);
        if (ids.length < 2 || ids.length > LARGEST_PAGE) throw refuse('wrongNumberToDelete');
        const messages = ids.flatMap((id) => channel.messages.get(id) ?? []);
        const oldest = world.time.now() - BULK_AGE_MS;
        if (messages.some(({ sentAtMs }) => sentAtMs < oldest)) throw refuse('tooOldToDelete');
        world.remove(channel, messages, 'bot');
      },
    },
  ];
}

/** Newest first. */
function readPage(channel: ChannelState, { query }: Call): readonly ChatMessage[] {
  const limit = query.limit === undefined ? PAGE : Number(query.limit);
  if (!Number.isSafeInteger(limit))
    throw wrongField('limit', 'NUMBER_TYPE_COERCE', `Value "${limit}" is not int.`);
  if (limit < 1)
    throw wrongField('limit', 'NUMBER_TYPE_MIN', 'int value should be greater than or equal to 1.');
  if (limit > LARGEST_PAGE) {
    throw wrongField(
      'limit',
      'NUMBER_TYPE_MAX',
      `int value should be less than or equal to ${LARGEST_PAGE}.`,
    );
  }
  const all = [...channel.messages.values()].filter(({ visibleTo }) => visibleTo === undefined);
  const { around, before, after } = query;
  if (around !== undefined) {
    const older = all.filter(({ id }) => BigInt(id) <= BigInt(around)).slice(-Math.ceil((limit + 1) / 2));
    const newer = all.filter(({ id }) => BigInt(id) > BigInt(around)).slice(0, limit - older.length);
    return [...older, ...newer].reverse();
  }
  if (after !== undefined)
    return all
      .filter(({ id }) => BigInt(id) > BigInt(after))
      .slice(0, limit)
      .reverse();
  const older = before === undefined ? all : all.filter(({ id }) => BigInt(id) < BigInt(before));
  return older.slice(-limit).reverse();
}
