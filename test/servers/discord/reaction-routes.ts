import { demand, findChannel, findMessage } from './access.ts';
import type { Call, Route } from './call.ts';
import { refuse } from './errors.ts';
import { may } from './permissions.ts';
import type { World } from './world.ts';

/** https://docs.discord.com/developers/resources/message#create-reaction */
export function reactionRoutes(world: World): readonly Route[] {
  const path = '/channels/:channel/messages/:message/reactions/:emoji';
  const find = (call: Call) => {
    const channel = findChannel(world, call.param('channel'));
    const emoji = call.param('emoji');
    if (!/\p{Emoji}/u.test(emoji)) throw refuse('unknownEmoji');
    const message = findMessage(channel, call.param('message'));
    return { channel, message, emoji, by: message.reactions.find((one) => one.emoji === emoji)?.by ?? [] };
  };
  const change = (call: Call, by: readonly string[]) => {
    const { channel, message, emoji } = find(call);
    const others = message.reactions.filter((one) => one.emoji !== emoji);
    world.react(channel, message, by.length > 0 ? [...others, { emoji, by }] : others);
  };
  return [
    {
      method: 'PUT',
      path: `${path}/@me`,
      handle: (call) => {
        const { channel, by } = find(call);
        if (!may(channel, world.bot.id, 'history')) throw refuse('missingPermissions');
        if (by.length === 0) demand(world, channel, 'react');
        if (!by.includes(world.bot.id)) change(call, [...by, world.bot.id]);
      },
    },
    {
      method: 'DELETE',
      path: `${path}/@me`,
      handle: (call) => {
        const { by } = find(call);
        change(
          call,
          by.filter((id) => id !== world.bot.id),
        );
      },
    },
    {
      method: 'GET',
      path,
      handle: (call) => find(call).by.map((id) => world.users.get(id)?.user),
    },
  ];
}
