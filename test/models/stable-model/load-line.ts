import { OstlerError } from '../../../src/errors.ts';
import type { Runner, Runners, Who } from './runners.ts';

/** Beside others Ollama loads only into this share of what is free. */
const HEADROOM = 0.8;

export type Model = {
  readonly tag: string;
  readonly fileBytes: number;
  /** In memory. */
  readonly bytes: number;
  readonly loadMs: number;
};

/** `share`: of the load, after which it fails. */
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
  readonly runners: Runners;
  readonly find: (tag: string) => Model | undefined;
  /** What there is for models. */
  readonly totalBytes: number;
  readonly maxModels: number;
  /** How the next loads of ours end. */
  readonly fates: LoadFate[];
};

/**
 * The scheduler of Ollama as facts/ollama.md has it: a model in memory is there for everybody at once; all else is one
 * line in which the first one holds up the others while room is made for it, and while it loads.
 */
export function createLoadLine({ runners, find, totalBytes, maxModels, fates }: Surroundings) {
  let pending: readonly Pending[] = [];

  function fits({ bytes }: Model): boolean {
    const others = runners.all();
    if (others.length === 0) return true;
    const used = others.reduce((sum, other) => sum + other.bytes, 0);
    return others.length < maxModels && bytes <= (totalBytes - used) * HEADROOM;
  }

  /** Idle ones first, then those that are to stay for the shortest time. */
  function makeRoom(head: Pending): void {
    const [victim] = runners
      .all()
      .toSorted(
        (one, other) => Number(one.busy > 0) - Number(other.busy > 0) || one.keepAliveMs - other.keepAliveMs,
      );
    head.waitsFor = victim;
    if (victim) runners.leave(victim, 'ollama');
  }

  function proceed(): void {
    const [head] = pending;
    if (!head || head.isLoading) return;
    if (head.waitsFor && runners.get(head.waitsFor.tag) === head.waitsFor) return;
    const runner = runners.get(head.tag);
    const model = find(head.tag);
    if (runner?.leaving?.isGoing) return;
    if (runner) end(head, () => runners.reach(runner, head.keepAliveMs, head.onGranted));
    else if (!model) end(head, () => head.onFailed(missing(head.tag)));
    else if (fits(model)) load(head, model);
    else makeRoom(head);
  }

  function end(one: Pending, how: () => void): void {
    if (!pending.includes(one)) return;
    pending = pending.filter((other) => other !== one);
    how();
    proceed();
  }

  function load(head: Pending, model: Model): void {
    const fate = head.by === 'us' ? fates.shift() : undefined;
    head.isLoading = true;
    if (fate?.how === 'hangs') return;
    const how = fate
      ? () => head.onFailed(failed(head.tag))
      : () => runners.reach(runners.add(model, head.by), head.keepAliveMs, head.onGranted);
    runners.inThisLife(model.loadMs * (fate?.share ?? 1), () => end(head, how));
  }

  return {
    proceed,

    /** Calls back once the model is there, which may be at once. Returns what takes the request back. */
    request(request: Request): () => void {
      const waiting = { ...request, isLoading: false, waitsFor: undefined };
      const runner = runners.get(request.tag);
      if (!find(request.tag)) request.onFailed(missing(request.tag));
      else if (runner && !runner.leaving?.isGoing)
        runners.reach(runner, request.keepAliveMs, request.onGranted);
      else {
        pending = [...pending, waiting];
        proceed();
      }
      return () => end(waiting, () => {});
    },

    /** Everything is lost; nobody is told. */
    die(): void {
      pending = [];
    },
  };
}

const missing = (tag: string) => new OstlerError(`${tag} is not there.`, { code: 'not_installed' });

function failed(tag: string): OstlerError {
  return new OstlerError(`${tag} could not be loaded.`, { code: 'load_failed', retryable: true });
}
