import type { Api } from 'grammy';
import { onTestFinished } from 'vitest';
import { type Calls, createCalls } from '../../../adapters/telegram/calls.ts';
import { openApi } from '../../../adapters/telegram/open-api.ts';
import { TELEGRAM_PACING } from '../../../adapters/telegram/pacing.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { type Budget, createBudget } from '../../../src/reply/budget.ts';
import { type SteppingClock, steppingClock } from '../../reply/stepping-clock.ts';
import { createTelegram, type Telegram, type TelegramOptions } from '../../servers/telegram/telegram.ts';

export type OpenCalls = {
  readonly telegram: Telegram;
  readonly api: Api;
  readonly calls: Calls;
  readonly budget: Budget;
  readonly clock: SteppingClock;
  /** Every line of the log as JSON. */
  readonly logged: readonly string[];
  /** Moves the clock from timer to timer, whenever no call is under way, until that has ended. */
  run<T>(ending: Promise<T>): Promise<T>;
  /** Resolves once so many calls are under way and Telegram has them. */
  underWay(count: number): Promise<void>;
};

/** A Telegram and our calls to it, on one clock that stands still. */
export async function openCalls(options: TelegramOptions = {}): Promise<OpenCalls> {
  const clock = steppingClock();
  const telegram = await createTelegram({ ...options, now: clock.now });
  onTestFinished(() => telegram.close());
  const api = openApi(telegram.token, telegram.url);
  let flying = 0;
  api.config.use(async (call, ...request) => {
    flying += 1;
    try {
      return await call(...request);
    } finally {
      flying -= 1;
    }
  });
  const logged: string[] = [];
  const write = (level: string) => (fields: object, message: string) => {
    logged.push(JSON.stringify({ level, message, ...fields }));
  };
  const logger: Logger = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  const budget = createBudget(clock, TELEGRAM_PACING, 'Telegram');
  return {
    telegram,
    api,
    budget,
    clock,
    logged,
    calls: createCalls({ api, budget, clock, logger }),
    async run(ending) {
      let ended = false;
      const end = () => {
        ended = true;
      };
      ending.then(end, end);
      while (!ended) {
        await turnOfLoop();
        if (flying === 0 && !ended) await clock.step();
      }
      return ending;
    },
    async underWay(count) {
      const open = () => telegram.requests().filter(({ endedAtMs }) => endedAtMs === undefined);
      await telegram.until(() => open().length === count);
    },
  };
}

export function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function text(words: string) {
  return { markup: `<b>${words}</b>`, visible: words };
}
