import { Routes } from 'discord.js';
import { OstlerError } from '../../src/errors.ts';
import { aChannel, aGuild, aRoleOfGuild, type DiscordChannel, someThreads } from './payloads.ts';
import { createRecent } from './recent.ts';
import type { Request } from './request.ts';

/** So many channels and threads are known without asking Discord. */
const MOST_CHANNELS = 10_000;
const MOST_GUILDS = 1_000;
/** https://docs.discord.com/developers/resources/channel#channel-object-channel-types */
const TEXT = [0, 5];
const THREADS = [10, 11, 12];

/** What channels are, as the gateway told it or Discord says when it is asked. */
export type Places = {
  /** Takes note of what a dispatch says of channels. */
  learn(name: string, data: unknown): void;
  /** Undefined where the bot does not see it. Throws a retryable error where Discord does not answer. */
  find(channel: string): Promise<DiscordChannel | undefined>;
  /** The bot's own role in a guild, by which people mention it too. */
  ownRole(guild: string): string | undefined;
};

/** `bot` is its id. */
export function createPlaces(request: Request, bot: string): Places {
  const channels = createRecent<DiscordChannel>(MOST_CHANNELS);
  const roles = createRecent<string>(MOST_GUILDS);

  function keep(given: unknown): DiscordChannel | undefined {
    const { data: channel } = aChannel.safeParse(given);
    if (channel) channels.set(channel.id, channel);
    return channel;
  }

  function learnGuild(given: unknown): void {
    const { data: guild } = aGuild.safeParse(given);
    if (!guild) return;
    for (const one of [...(guild.channels ?? []), ...(guild.threads ?? [])]) keep(one);
    for (const role of guild.roles ?? []) learnRole({ guild_id: guild.id, role });
  }

  function learnRole(given: unknown): void {
    const { data: made } = aRoleOfGuild.safeParse(given);
    if (made?.role.tags?.bot_id === bot) roles.set(made.guild_id, made.role.id);
  }

  return {
    learn(name, data) {
      switch (name) {
        case 'GUILD_CREATE':
          return learnGuild(data);
        case 'THREAD_LIST_SYNC':
          return (someThreads.safeParse(data).data?.threads ?? []).forEach(keep);
        case 'CHANNEL_CREATE':
        case 'CHANNEL_UPDATE':
        case 'THREAD_CREATE':
        case 'THREAD_UPDATE':
          return void keep(data);
        case 'GUILD_ROLE_CREATE':
          return learnRole(data);
      }
    },
    async find(channel) {
      const known = channels.get(channel);
      if (known) return known;
      try {
        return keep(await request((rest, signal) => rest.get(Routes.channel(channel), { signal })));
      } catch (error) {
        if (error instanceof OstlerError && !error.retryable) return undefined;
        throw error;
      }
    },
    ownRole: (guild) => roles.get(guild),
  };
}

export function isThread({ type }: DiscordChannel): boolean {
  return THREADS.includes(type);
}

/** Where people write and threads can be opened. */
export function isTextChannel({ type }: DiscordChannel): boolean {
  return TEXT.includes(type);
}
