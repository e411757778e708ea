import { may } from './permissions.ts';
import { type ChannelState, DIRECT } from './state.ts';
import { type Json, textsIn } from './wire.ts';

export type Mentions = {
  readonly mentions: readonly string[];
  readonly mentionedRoles: readonly string[];
  readonly mentionsEveryone: boolean;
};

type Written = {
  readonly channel: ChannelState;
  readonly author: string;
  readonly text: string;
  /** https://docs.discord.com/developers/resources/message#allowed-mentions-object */
  readonly allowed: Json | undefined;
  /** The author of what it replies to. */
  readonly replied: string | undefined;
  readonly isUser: (id: string) => boolean;
};

/** Who is told by a message: what it mentions, as far as it may. */
export function findMentions({ channel, author, text, allowed, replied, isUser }: Written): Mentions {
  const plain = withoutCode(text);
  const parse = allowed ? textsIn(allowed.parse) : ['users', 'roles', 'everyone'];
  const permits = (kind: 'users' | 'roles', id: string) =>
    parse.includes(kind) || textsIn(allowed?.[kind]).includes(id);
  const users = idsIn(plain, /<@!?(\d+)>/g).filter((id) => permits('users', id) && isUser(id));
  const repliedIsTold =
    replied !== undefined && replied !== author && (allowed ? allowed.replied_user === true : true);
  const { guild } = channel;
  const mayAll = may(channel, author, 'mentionEveryone');
  const roles = idsIn(plain, /<@&(\d+)>/g).filter((id) => {
    const role = guild?.roles.get(id);
    return role !== undefined && permits('roles', id) && (role.mentionable || mayAll);
  });
  const everyone =
    guild !== undefined && mayAll && parse.includes('everyone') && /@(?:everyone|here)\b/.test(plain);
  const all = repliedIsTold ? [...users, replied] : users;
  return { mentions: [...new Set(all)], mentionedRoles: roles, mentionsEveryone: everyone };
}

/** The persons whose phones ring: those it mentions; in a direct chat, the other one. */
export function findPinged(channel: ChannelState, author: string, found: Mentions): readonly string[] {
  if (channel.type === DIRECT)
    return channel.person && channel.person.id !== author ? [channel.person.id] : [];
  const members = [...(channel.guild?.members.values() ?? [])];
  const told = members.filter(
    ({ user, roles }) =>
      found.mentionsEveryone ||
      found.mentions.includes(user.id) ||
      found.mentionedRoles.some((role) => roles.has(role)),
  );
  const persons = told.filter(({ user }) => !user.bot && user.id !== author);
  return persons.map(({ user }) => user.id).filter((id) => may(channel, id, 'view'));
}

function withoutCode(text: string): string {
  return text.replace(/```[\s\S]*?```|`[^`\n]*`/g, '');
}

function idsIn(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, id = '']) => id))];
}
