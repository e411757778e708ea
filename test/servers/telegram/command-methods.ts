import { lookUp } from './access.ts';
import type { Method } from './call.ts';
import type { ChatState } from './chat-state.ts';
import { badRequest } from './errors.ts';
import type { Parameters } from './parameters.ts';
import { isObject, type WireUser } from './wire.ts';
import type { World } from './world.ts';

const MOST_COMMANDS = 100;
const LONGEST_DESCRIPTION = 256;
const BARE_SCOPES = ['default', 'all_private_chats', 'all_group_chats', 'all_chat_administrators'];

export type Command = { readonly command: string; readonly description: string };

export type Commands = {
  readonly methods: Readonly<Record<string, Method>>;
  /** The menu that a person sees in a chat. */
  seenBy(user: WireUser, state: ChatState): readonly Command[];
};

/** https://core.telegram.org/bots/api#botcommandscope */
export function createCommands(world: World): Commands {
  const lists = new Map<string, readonly Command[]>();
  const key = (parameters: Parameters) => {
    const language = parameters.text('language_code') ?? '';
    if (!/^([a-z]{2})?$/.test(language)) throw badRequest('invalid language code specified');
    return `${readScope(world, parameters)} ${language}`;
  };
  return {
    methods: {
      setMyCommands: ({ parameters }) => {
        lists.set(key(parameters), readCommands(parameters.json('commands')));
        return true;
      },
      getMyCommands: ({ parameters }) => lists.get(key(parameters)) ?? [],
      deleteMyCommands: ({ parameters }) => {
        lists.delete(key(parameters));
        return true;
      },
    },
    seenBy(user, state) {
      for (const scope of scopesOf(user, state)) {
        for (const language of [user.language_code, '']) {
          const list = lists.get(`${scope} ${language}`);
          if (list && list.length > 0) return list;
        }
      }
      return [];
    },
  };
}

function scopesOf(user: WireUser, { id, type, members }: ChatState): readonly string[] {
  if (type === 'private') return [`chat ${id}`, 'all_private_chats', 'default'];
  const isAdmin = (members.get(user.id)?.status ?? 'member') !== 'member';
  return [
    `chat_member ${id} ${user.id}`,
    ...(isAdmin ? [`chat_administrators ${id}`] : []),
    `chat ${id}`,
    ...(isAdmin ? ['all_chat_administrators'] : []),
    'all_group_chats',
    'default',
  ];
}

function readScope(world: World, parameters: Parameters): string {
  const scope = parameters.object('scope') ?? { type: 'default' };
  const type = String(scope.type);
  if (BARE_SCOPES.includes(type)) return type;
  if (!['chat', 'chat_administrators', 'chat_member'].includes(type)) {
    throw badRequest("can't parse BotCommandScope: Unsupported type specified");
  }
  const state = lookUp(world, String(scope.chat_id));
  if (!state) throw badRequest('chat not found');
  if (type !== 'chat_member') return `${type} ${state.id}`;
  if (!world.users.has(Number(scope.user_id))) throw badRequest('user not found');
  return `${type} ${state.id} ${scope.user_id}`;
}

function readCommands(commands: unknown): readonly Command[] {
  if (!Array.isArray(commands)) throw badRequest("can't parse commands JSON object");
  if (commands.length > MOST_COMMANDS) throw badRequest('BOT_COMMANDS_TOO_MUCH');
  return commands.map((one) => {
    const { command, description } = isObject(one) ? one : {};
    if (typeof command !== 'string' || !/^\/?[a-z0-9_]{1,32}$/.test(command)) {
      throw badRequest('BOT_COMMAND_INVALID');
    }
    const words = typeof description === 'string' ? description.trim() : '';
    if (words === '' || words.length > LONGEST_DESCRIPTION)
      throw badRequest('BOT_COMMAND_DESCRIPTION_INVALID');
    return { command: command.replace(/^\//, ''), description: words };
  });
}
