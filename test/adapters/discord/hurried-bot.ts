import { passing, skippableTime } from '../../fakes/skippable-time.ts';
import { discordBot } from '../../servers/discord-bot.ts';

/** A bot whose time can pass quickly, as that of its Discord. */
export async function hurriedBot(setup: Parameters<typeof discordBot>[0] = {}) {
  const time = skippableTime();
  const bot = await discordBot({ ...setup, discord: { now: time.now, ...setup.discord } });
  const isQuiet = () => bot.discord.requests().every(({ endedAtMs }) => endedAtMs !== undefined);
  return Object.assign(
    bot,
    passing(time, () => bot.discord.until(isQuiet)),
  );
}
