import type { Clock } from '../../../src/ports/clock.ts';

const UNLOAD_MS = 30;
const FIRST_KEEP_ALIVE_MS = 300_000;

/** `ollama`: to make room, or in trouble; `time`: its keep_alive has ended. */
export type Who = 'us' | 'other' | 'ollama' | 'time';

/** A model in memory. */
export type Runner = {
  readonly tag: string;
  readonly bytes: number;
  readonly since: number;
  busy: number;
  keepAliveMs: number;
  /** Set when it goes idle. */
  expiresAt: number;
  /** It goes once it is idle; `isGoing`: it cannot stay any more. */
  leaving: { readonly by: Who; isGoing: boolean } | undefined;
};

type Surroundings = {
  readonly clock: Clock;
  /** How long the next unloads take. */
  readonly unloadMs: number[];
  readonly onCame: (runner: Runner, by: Who) => void;
  readonly onWent: (runner: Runner, by: Who) => void;
  /** One has gone. */
  readonly onRoom: () => void;
};

/** What one Ollama has in memory: comes, answers, stays for its keep_alive, goes when it is idle. */
export function createRunners({ clock, unloadMs, onCame, onWent, onRoom }: Surroundings) {
  const runners = new Map<string, Runner>();
  /** Of the server: what an earlier one began does not end in this one. */
  let life = 0;

  function inThisLife(ms: number, call: () => void): void {
    const began = life;
    clock.after(ms, () => void (began === life && call()));
  }

  function leave(runner: Runner, by: Who): void {
    runner.leaving ??= { by, isGoing: false };
    if (runner.busy > 0 || runner.leaving.isGoing) return;
    const { leaving } = runner;
    leaving.isGoing = true;
    inThisLife(unloadMs.shift() ?? UNLOAD_MS, () => {
      runners.delete(runner.tag);
      onWent(runner, leaving.by);
      onRoom();
    });
  }

  function goIdle(runner: Runner): void {
    if (runner.leaving) {
      leave(runner, runner.leaving.by);
      return;
    }
    runner.expiresAt = clock.now() + runner.keepAliveMs;
    if (!Number.isFinite(runner.expiresAt)) return;
    inThisLife(runner.keepAliveMs, () => {
      const isStill = runners.get(runner.tag) === runner && runner.busy === 0 && !runner.leaving;
      if (isStill && runner.expiresAt <= clock.now()) leave(runner, 'time');
    });
  }

  return {
    inThisLife,
    all: (): readonly Runner[] => [...runners.values()],
    get: (tag: string) => runners.get(tag),

    /** It has been loaded. */
    add({ tag, bytes }: Pick<Runner, 'tag' | 'bytes'>, by: Who): Runner {
      const runner: Runner = {
        tag,
        bytes,
        since: clock.now(),
        busy: 0,
        keepAliveMs: FIRST_KEEP_ALIVE_MS,
        expiresAt: 0,
        leaving: undefined,
      };
      runners.set(tag, runner);
      onCame(runner, by);
      return runner;
    },

    /**
     * A request has reached it; `keepAliveMs` left out: as it is set. One that reaches a victim which still answers
     * restores its timer: whoever waits for its end waits on.
     */
    reach(runner: Runner, keepAliveMs: number | undefined, use: (runner: Runner) => void): void {
      runner.leaving = undefined;
      runner.keepAliveMs = keepAliveMs ?? runner.keepAliveMs;
      use(runner);
      if (runner.busy === 0) goIdle(runner);
    },

    release(runner: Runner): void {
      runner.busy -= 1;
      if (runner.busy === 0 && runners.get(runner.tag) === runner) goIdle(runner);
    },

    leave,

    /** Everything is lost. */
    die(): void {
      life += 1;
      const lost = [...runners.values()];
      runners.clear();
      for (const runner of lost) onWent(runner, 'ollama');
    },
  };
}

export type Runners = ReturnType<typeof createRunners>;
