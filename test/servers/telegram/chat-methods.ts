import { checkBlocked, findChat, findThread } from './access.ts';
import type { Method } from './call.ts';
import { type ChatState, type Status, wireChat } from './chat-state.ts';
import { badRequest } from './errors.ts';
import { formatText } from './text.ts';
import { isObject, type WireUser } from './wire.ts';
import type { World } from './world.ts';

const LONGEST_DRAFT = 4096;
const ACTIONS =
  'typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker find_location record_video_note upload_video_note'.split(
    ' ',
  );
/** https://core.telegram.org/bots/api#reactiontypeemoji */
const REACTIONS =
  '👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡'.split(
    ' ',
  );

/** What is shown in a chat beside its messages, and what a chat is. */
export function chatMethods(world: World): Readonly<Record<string, Method>> {
  return {
    sendChatAction: ({ parameters }) => {
      const state = findChat(world, parameters);
      const action = parameters.text('action') ?? '';
      if (!ACTIONS.includes(action)) throw badRequest('wrong parameter action in request');
      const thread = findThread(state, parameters, true);
      checkBlocked(state);
      world.act(state, action, thread);
      return true;
    },
    setMessageReaction: ({ parameters }) => {
      const state = findChat(world, parameters);
      const message = state.messages.get(parameters.integer('message_id') ?? 0);
      const reaction = parameters.json('reaction') ?? [];
      if (!message) throw badRequest('message to react not found');
      if (!Array.isArray(reaction)) throw badRequest("can't parse reaction types JSON object");
      if (reaction.length > 1) throw badRequest('REACTIONS_TOO_MANY');
      const emoji = reaction.map((one) => (isObject(one) && one.type === 'emoji' ? String(one.emoji) : ''));
      if (!emoji.every((one) => REACTIONS.includes(one))) throw badRequest('REACTION_INVALID');
      checkBlocked(state);
      world.react(state, message, emoji);
      return true;
    },
    sendMessageDraft: ({ parameters }) => {
      const state = findChat(world, parameters);
      if (state.type !== 'private') throw badRequest('TEXTDRAFT_PEER_INVALID');
      const id = parameters.integer('draft_id') ?? 0;
      if (id === 0) throw badRequest('RANDOM_ID_INVALID');
      const source = parameters.text('text') ?? '';
      const entities = parameters.json('entities');
      const formatted = formatText({ text: source, parseMode: parameters.text('parse_mode'), entities });
      if (formatted.text.length > LONGEST_DRAFT) throw badRequest('MESSAGE_TOO_LONG');
      const thread = findThread(state, parameters);
      checkBlocked(state);
      if (state.stoppedDrafts.has(id)) return true;
      const [canStop, keepOnStop] = [parameters.flag('can_stop'), parameters.flag('keep_on_stop')];
      world.showDraft(state, { id, ...formatted, thread, canStop, keepOnStop, shownAtMs: world.now() });
      return true;
    },
    getChat: ({ parameters }) => {
      const state = findChat(world, parameters);
      return { ...wireChat(state), accent_color_id: 0, max_reaction_count: 11, accepted_gift_types: {} };
    },
    getChatMember: ({ parameters }) => {
      const state = findChat(world, parameters);
      const id = parameters.integer('user_id') ?? 0;
      if (id === world.bot.id) return member(world.bot, botStatus(state));
      const known = state.members.get(id);
      if (known) return member(known.user, known.status);
      const user = world.users.get(id);
      if (!user) throw badRequest('user not found');
      return member(user, 'left');
    },
    getChatAdministrators: ({ parameters }) => {
      const state = findChat(world, parameters);
      if (state.type === 'private') throw badRequest('there are no administrators in the private chat');
      const people = [...state.members.values()].filter(({ status }) => status !== 'member');
      const admins = people.map(({ user, status }) => member(user, status));
      return state.bot === 'administrator' ? [...admins, member(world.bot, 'administrator')] : admins;
    },
  };
}

function botStatus(state: ChatState): Status {
  return state.bot === 'administrator' ? 'administrator' : 'member';
}

function member(user: WireUser, status: Status | 'left') {
  if (status === 'creator') return { user, status, is_anonymous: false };
  if (status !== 'administrator') return { user, status };
  return {
    user,
    status,
    can_be_edited: false,
    is_anonymous: false,
    can_manage_chat: true,
    can_delete_messages: true,
    can_pin_messages: true,
    can_manage_topics: true,
  };
}
