import type { KnownPlatform } from '../ports/chat.ts';

/** A platform's libraries are loaded only where it is on. */
export const PLATFORMS: readonly KnownPlatform[] = [
  {
    name: 'telegram',
    async open(config, around) {
      const { telegram } = config();
      if (telegram.token === '') return undefined;
      const { openTelegram } = await import('../../adapters/telegram/telegram.ts');
      const current = () => ({ streaming: config().telegram.streaming });
      return openTelegram({ ...telegram, current }, around);
    },
  },
  {
    name: 'discord',
    async open(config, around) {
      const { discord } = config();
      if (discord.token === '') return undefined;
      const { openDiscord } = await import('../../adapters/discord/discord.ts');
      const current = () => ({ streaming: config().discord.streaming, threads: config().discord.threads });
      return openDiscord({ ...discord, current }, around);
    },
  },
];
