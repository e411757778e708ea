import type { Bot } from './bot.ts';

/** One bot after another on the same data: who is killed is started again at once. */
export type Lives = {
  /** The bot that serves, as soon as one does. */
  up(): Promise<Bot>;
  /** SIGKILL, at whatever it does; false where the last one killed is not gone yet. */
  kill(): boolean;
  kills(): number;
  /** Ends the last one in order, and resolves with its exit code. */
  stop(): Promise<number | null>;
  /** Ends the last one at once. */
  abandon(): Promise<number | null>;
  /** The last lines of every bot's log. */
  lines(): readonly string[];
};

/** `onEnd` is told of a bot that ended without having been killed. */
export function keepAlive(start: () => Bot, onEnd: (lines: readonly string[]) => void): Lives {
  const lines: string[] = [];
  let kills = 0;
  let stopping = false;
  let killed = false;
  let serves = false;
  let up = Promise.withResolvers<Bot>();
  let bot = launch();

  function launch(): Bot {
    const started = start();
    killed = false;
    started.ready.then(
      () => {
        if (killed) return;
        serves = true;
        up.resolve(started);
      },
      () => undefined,
    );
    void started.ended.then(() => {
      lines.push(...started.lines());
      if (stopping) return;
      if (killed) bot = launch();
      else onEnd(started.lines());
    });
    return started;
  }

  return {
    up: () => up.promise,
    kill() {
      if (killed || stopping) return false;
      killed = true;
      kills += 1;
      // Who waits since before this one served goes on waiting.
      if (serves) up = Promise.withResolvers();
      serves = false;
      bot.kill();
      return true;
    },
    kills: () => kills,
    stop() {
      stopping = true;
      return bot.stop();
    },
    abandon() {
      stopping = true;
      bot.kill();
      return bot.ended;
    },
    lines: () => [...lines, ...bot.lines()],
  };
}
