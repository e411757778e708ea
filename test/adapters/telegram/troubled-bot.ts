import { expect, onTestFinished, vi } from 'vitest';
import type { TestOstler } from '../../servers/ostler.ts';
import { type TelegramBot, telegramBot } from '../../servers/telegram-bot.ts';

/** A shorter text may stand in a log line by chance. */
const TELLING_LENGTH = 9;
const LONGEST_MS = 10_000;

type Line = TestOstler['lines'][number];

export type TroubledBot = TelegramBot & {
  /** What every Ostler of this test logged, in order; with a pattern: what fits. */
  lines(message?: RegExp): readonly Line[];
  /** Resolves once there is such a line that fits. */
  logged(message: RegExp, fits?: (line: Line) => boolean): Promise<void>;
};

/** A whole bot. At the end its log is read: neither a token nor what somebody wrote may stand there. */
export async function troubledBot(
  setup: Parameters<typeof telegramBot>[0] = {},
  secrets: readonly string[] = [],
): Promise<TroubledBot> {
  const bot = await telegramBot(setup);
  const opened = [bot.ostler];
  const hidden = new Set([bot.telegram.token, ...secrets]);
  bot.telegram.on((event) => {
    if (event.type === 'sent' && event.by === 'person') hidden.add(event.message.text);
  });
  const all = () => opened.flatMap((ostler) => ostler.lines);
  const lines: TroubledBot['lines'] = (message) =>
    all().filter((line) => message === undefined || message.test(line.message));

  onTestFinished(async () => {
    await bot.ostler.close();
    const written = all()
      .map((line) => JSON.stringify(line))
      .join('\n');
    for (const text of hidden) {
      if (text.length >= TELLING_LENGTH) expect(written).not.toContain(JSON.stringify(text).slice(1, -1));
    }
  });

  return {
    ...bot,
    get ostler() {
      return bot.ostler;
    },
    async reopen(changed) {
      const ostler = await bot.reopen(changed);
      opened.push(ostler);
      return ostler;
    },
    lines,
    async logged(message, fits = () => true) {
      await vi.waitUntil(() => lines(message).some(fits), { timeout: LONGEST_MS });
    },
  };
}

/** The bot waits for updates. */
export async function untilItPolls({ telegram }: Pick<TelegramBot, 'telegram'>): Promise<void> {
  await telegram.until(() => telegram.pollers() === 1);
}
