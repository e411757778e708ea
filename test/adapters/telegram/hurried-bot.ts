import { passing, skippableTime } from '../../fakes/skippable-time.ts';
import { telegramBot } from '../../servers/telegram-bot.ts';

/** A bot whose time can pass quickly, as that of its Telegram. */
export async function hurriedBot(setup: Parameters<typeof telegramBot>[0] = {}) {
  const time = skippableTime();
  const bot = await telegramBot({ ...setup, telegram: { now: time.now, ...setup.telegram } });
  const isQuiet = () =>
    bot.telegram
      .requests()
      .every(({ method, endedAtMs }) => method === 'getUpdates' || endedAtMs !== undefined);
  return Object.assign(
    bot,
    passing(time, () => bot.telegram.until(isQuiet)),
  );
}
