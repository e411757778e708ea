import { demand, demandSending, findChannel, findMessage } from './access.ts';
import { bodyOf, type Call, type Route, withStatus } from './call.ts';
import { refuse } from './errors.ts';
import { createForm } from './form.ts';
import { renderChannel } from './render.ts';
import { type ChannelState, DIRECT, PRIVATE_THREAD, PUBLIC_THREAD } from './state.ts';
import { openThread, tellThread } from './threads.ts';
import type { Json } from './wire.ts';
import type { World } from './world.ts';

const ARCHIVE_MINUTES = [60, 1_440, 4_320, 10_080];

/** Channels, threads and typing: https://docs.discord.com/developers/resources/channel */
export function channelRoutes(world: World): readonly Route[] {
  const find = (call: Call) => findChannel(world, call.param('channel'));
  const begin = (parent: ChannelState, body: Json, messageId?: string) => {
    if (parent.type === DIRECT || parent.thread) throw refuse('notInDirectMessages');
    const message = messageId === undefined ? undefined : findMessage(parent, messageId);
    const type = message ? PUBLIC_THREAD : Number(body.type ?? PRIVATE_THREAD);
    demand(world, parent, type === PRIVATE_THREAD ? 'createPrivateThreads' : 'createThreads');
    checkThread(body, type);
    if (message?.thread !== undefined) throw refuse('threadExists');
    const minutes = body.auto_archive_duration;
    const archiveMinutes = typeof minutes === 'number' ? { archiveMinutes: minutes } : {};
    const made = openThread(world, parent, {
      name: String(body.name),
      owner: world.bot,
      message,
      type,
      ...archiveMinutes,
    });
    return withStatus(201, renderChannel(made));
  };

  return [
    { method: 'GET', path: '/channels/:channel', handle: (call) => renderChannel(find(call)) },
    {
      method: 'PATCH',
      path: '/channels/:channel',
      handle: (call) => {
        const channel = find(call);
        if (channel.type === DIRECT) throw refuse('notInDirectMessages');
        const body = bodyOf(call);
        const own = channel.thread?.owner === world.bot.id;
        if (!own) demand(world, channel, channel.thread ? 'manageThreads' : 'manageChannels');
        change(channel, body);
        if (channel.thread) tellThread(world, channel);
        return renderChannel(channel);
      },
    },
    {
      method: 'POST',
      path: '/channels/:channel/typing',
      handle: (call) => {
        const channel = find(call);
        demandSending(world, channel, { embeds: false, files: false });
        world.type(channel, world.bot.id);
      },
    },
    {
      method: 'POST',
      path: '/channels/:channel/messages/:message/threads',
      handle: (call) => begin(find(call), bodyOf(call), call.param('message')),
    },
    {
      method: 'POST',
      path: '/channels/:channel/threads',
      handle: (call) => begin(find(call), bodyOf(call)),
    },
    {
      method: 'PUT',
      path: '/channels/:channel/thread-members/@me',
      handle: (call) => {
        const { thread } = find(call);
        if (!thread) throw refuse('unknownChannel');
        thread.members.add(world.bot.id);
      },
    },
  ];
}

function checkThread(body: Json, type: number): void {
  const form = createForm();
  form.text('name', body.name, { min: 1, max: 100 });
  form.choice('type', type, [PUBLIC_THREAD, PRIVATE_THREAD]);
  if (body.auto_archive_duration !== undefined) {
    form.choice('auto_archive_duration', body.auto_archive_duration, ARCHIVE_MINUTES);
  }
  form.end();
}

function change(channel: ChannelState, body: Json): void {
  const form = createForm();
  if ('name' in body) form.text('name', body.name, { min: 1, max: 100 });
  if ('topic' in body) form.text('topic', body.topic, { max: 1_024 });
  form.end();
  if (typeof body.name === 'string') channel.name = body.name;
  if (typeof body.topic === 'string' && !channel.thread) channel.topic = body.topic;
  const { thread } = channel;
  if (!thread) return;
  if (typeof body.archived === 'boolean') thread.archived = body.archived;
  if (typeof body.locked === 'boolean') thread.locked = body.locked;
}
