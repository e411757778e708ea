import { bodyOf, type Call, type Route } from './call.ts';
import { EPHEMERAL } from './check-message.ts';
import { readChange, readNew } from './compose.ts';
import { refuse } from './errors.ts';
import type { InteractionState } from './interaction.ts';
import type { Interactions } from './interactions.ts';
import type { ChatMessage } from './message.ts';
import { renderMessage } from './render.ts';
import type { World } from './world.ts';

const DEFERRED_MESSAGE = 5;

/** What an interaction's token opens: https://docs.discord.com/developers/interactions/receiving-and-responding#endpoints */
export function webhookRoutes(world: World, interactions: Interactions): readonly Route[] {
  const render = (message: ChatMessage) => renderMessage(world, message, true);
  const open = (call: Call): InteractionState => {
    if (call.param('application') !== world.bot.id) throw refuse('unknownWebhook');
    const state = interactions.byToken(call.param('token'));
    if (state.callback === undefined) throw refuse('unknownWebhook');
    return state;
  };
  const find = (call: Call) => {
    const state = open(call);
    const asked = call.param('message');
    const id = asked === '@original' ? state.original : asked;
    const own = id !== undefined && (id === state.original || state.messages.includes(id));
    const message = own ? state.channel.messages.get(id) : undefined;
    if (!message) throw refuse('unknownMessage');
    return { state, message };
  };
  const edit = (call: Call, { state, message }: ReturnType<typeof find>) =>
    render(world.edit(state.channel, message, readChange(world, message, bodyOf(call), call)));
  const path = '/webhooks/:application/:token';

  return [
    {
      method: 'POST',
      path,
      needsBot: false,
      handle: (call) => {
        const state = open(call);
        const original = state.channel.messages.get(state.original ?? '');
        // The first follow-up after a deferral takes the place of "is thinking…".
        if (state.callback === DEFERRED_MESSAGE && original?.loading) {
          return edit(call, { state, message: original });
        }
        const body = bodyOf(call);
        const ephemeral = (Number(body.flags ?? 0) & EPHEMERAL) !== 0;
        return render(interactions.write(state, readNew(world, body, call), ephemeral));
      },
    },
    {
      method: 'GET',
      path: `${path}/messages/:message`,
      needsBot: false,
      handle: (call) => render(find(call).message),
    },
    {
      method: 'PATCH',
      path: `${path}/messages/:message`,
      needsBot: false,
      handle: (call) => edit(call, find(call)),
    },
    {
      method: 'DELETE',
      path: `${path}/messages/:message`,
      needsBot: false,
      handle: (call) => {
        const { state, message } = find(call);
        world.remove(state.channel, [message], 'bot');
      },
    },
  ];
}
