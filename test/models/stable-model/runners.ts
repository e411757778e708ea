import { OstlerError } from '../../../src/errors.ts';
import type { Clock } from '../../../src/ports/clock.ts';

/** Beside others Ollama loads only into this share of what is free. */
const HEADROOM = 0.8;
const UNLOAD_MS = 30;
const FIRST_KEEP_ALIVE_MS = 300_000;

export type Model = {
  readonly tag: string;
  readonly fileBytes: number;
  /** In memory. */
  readonly bytes: number;
  readonly loadMs: number;
};

/** `time`: its keep_alive has ended. */
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

export type LoadFate = { readonly how: 'fails' | 'hangs'; readonly share: number };

type Request = {
  readonly tag: string;
  readonly by: Who;
  /** Left out: as it is set. */
  readonly keepAliveMs?: number;
  readonly onGranted: (runner: Runner) => void;
  readonly onFailed: (error: OstlerError) => void;
};

type Pending = Request & { isLoading: boolean; waitsFor: Runner | undefined };

type Surroundings = {
  readonly clock: Clock;
  readonly find: (tag: string) => Model | undefined;
  /** What there is for models. */
  readonly totalBytes: number;
  readonly maxModels: number;
  /** How the next loads of ours end, and how long the next unloads take. */
  readonly loadFates: LoadFate[];
  readonly unloadMs: number[];
  readonly onCame: (runner: Runner, by: Who) => void;
  readonly onWent: (runner: Runner, by: Who) => void;
};

/**
 * The scheduler of Ollama as facts/ollama.md has it: a model in memory is there for everybody at once; all else is one
 * line in which the first one holds up the others while room is made for it, and while it loads.
 */
export function createRunners(surroundings: Surroundings) {
  const { clock, find, totalBytes, maxModels, loadFates, unloadMs, onCame, onWent } = surroundings;
  const runners = new Map<string, Runner>();
  let pending: readonly Pending[] = [];
  /** Of the server: what an earlier one began does not end in this one. */
  let life = 0;

  function inThisLife(ms: number, call: () => void): () => void {
    const began = life;
    return clock.after(ms, () => void (began === life && call()));
  }

  const usedBytes = () => [...runners.values()].reduce((sum, { bytes }) => sum + bytes, 0);

  function fits({ tag }: Request): boolean {
    if (runners.size === 0) return true;
    const bytes = find(tag)?.bytes ?? 0;
    return runners.size < maxModels && bytes <= (totalBytes - usedBytes()) * HEADROOM;
  }

  function leave(runner: Runner, by: Who): void {
    runner.leaving ??= { by, isGoing: false };
    if (runner.busy > 0 || runner.leaving.isGoing) return;
    const { leaving } = runner;
    leaving.isGoing = true;
    inThisLife(unloadMs.shift() ?? UNLOAD_MS, () => {
      runners.delete(runner.tag);
      onWent(runner, leaving.by);
      proceed();
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

  /** A request that reaches a victim which still answers restores its timer: whoever waits for its end waits on. */
  function grant(runner: Runner, { keepAliveMs, onGranted }: Request): void {
    runner.leaving = undefined;
    runner.keepAliveMs = keepAliveMs ?? runner.keepAliveMs;
    onGranted(runner);
    if (runner.busy === 0) goIdle(runner);
  }

  function makeRoom(head: Pending): void {
    const [victim] = [...runners.values()].toSorted(
      (one, other) => Number(one.busy > 0) - Number(other.busy > 0) || one.keepAliveMs - other.keepAliveMs,
    );
    head.waitsFor = victim;
    if (victim) leave(victim, 'ollama');
  }

  function proceed(): void {
    const [head] = pending;
    if (!head || head.isLoading || (head.waitsFor && runners.get(head.waitsFor.tag) === head.waitsFor))
      return;
    const runner = runners.get(head.tag);
    if (runner?.leaving?.isGoing) return;
    if (runner) {
      pending = pending.slice(1);
      grant(runner, head);
      proceed();
    } else if (fits(head)) load(head);
    else makeRoom(head);
  }

  function load(head: Pending): void {
    const { tag, by } = head;
    const model = find(tag);
    const fate = by === 'us' ? loadFates.shift() : undefined;
    head.isLoading = true;
    if (fate?.how === 'hangs') return;
    const isEnd = (end: () => void) => () => {
      if (!pending.includes(head)) return;
      pending = pending.slice(1);
      end();
      proceed();
    };
    const loadMs = model?.loadMs ?? 0;
    if (fate || !model)
      return void inThisLife(
        loadMs * (fate?.share ?? 0),
        isEnd(() => head.onFailed(failed(tag))),
      );
    inThisLife(
      loadMs,
      isEnd(() => {
        const runner: Runner = {
          tag,
          bytes: model.bytes,
          since: clock.now(),
          busy: 0,
          keepAliveMs: FIRST_KEEP_ALIVE_MS,
          expiresAt: 0,
          leaving: undefined,
        };
        runners.set(tag, runner);
        onCame(runner, by);
        grant(runner, head);
      }),
    );
  }

  return {
    all: (): readonly Runner[] => [...runners.values()],
    get: (tag: string) => runners.get(tag),

    /** Calls back once the model is there, which may be at once. Returns what takes the request back. */
    request(request: Request): () => void {
      if (!find(request.tag)) {
        request.onFailed(missing(request.tag));
        return () => {};
      }
      const runner = runners.get(request.tag);
      if (runner && !runner.leaving?.isGoing) {
        grant(runner, request);
        return () => {};
      }
      const waiting = { ...request, isLoading: false, waitsFor: undefined };
      pending = [...pending, waiting];
      proceed();
      return () => {
        pending = pending.filter((other) => other !== waiting);
        proceed();
      };
    },

    release(runner: Runner): void {
      runner.busy -= 1;
      if (runner.busy === 0 && runners.get(runner.tag) === runner) goIdle(runner);
    },

    unload(tag: string, by: Who): void {
      const runner = runners.get(tag);
      if (runner) leave(runner, by);
    },

    /** It ends in mid-work, and everything is lost. */
    die(error: () => OstlerError): void {
      life += 1;
      const lost = [...runners.values()];
      const waiting = pending;
      runners.clear();
      pending = [];
      for (const runner of lost) onWent(runner, 'ollama');
      for (const { onFailed } of waiting) onFailed(error());
    },
  };
}

const missing = (tag: string) => new OstlerError(`${tag} is not there.`, { code: 'not_installed' });

function failed(tag: string): OstlerError {
  return new OstlerError(`${tag} could not be loaded.`, { code: 'load_failed', retryable: true });
}
