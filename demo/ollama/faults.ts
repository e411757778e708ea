import type { LoadFailure } from './errors.ts';
import { nameKey, parseName } from './names.ts';

/** Each happens once, to the first request that it fits; `model` left out: to any. */
export type Fault =
  /** `attempts: 1` fails the first try only: out of memory is tried again with less context or alone. */
  | {
      readonly type: 'load-fails';
      readonly model?: string;
      readonly how: LoadFailure;
      readonly attempts?: 1 | 2;
    }
  /** The engine is killed after that many tokens: a last line with an error, and the model needs a reload. */
  | { readonly type: 'stream-breaks'; readonly model?: string; readonly afterTokens: number }
  /** The same, and every loaded model expires. */
  | { readonly type: 'runtime-out-of-memory'; readonly model?: string; readonly afterTokens: number }
  /** The connection ends in mid-answer without a last line. */
  | { readonly type: 'connection-drops'; readonly model?: string; readonly afterTokens: number }
  /** 503, whatever the queue holds. */
  | { readonly type: 'busy'; readonly model?: string };

type FaultOf<T extends Fault['type']> = Extract<Fault, { type: T }>;
export type EngineFault = FaultOf<'stream-breaks' | 'runtime-out-of-memory' | 'connection-drops'>;

/** Where the next load or generation stands still: after `load-begin`, or before token `afterTokens` + 1. */
export type HoldPoint =
  | { readonly at: 'load'; readonly model?: string }
  | { readonly at: 'generation'; readonly model?: string; readonly afterTokens?: number };

export type Hold = {
  /** Resolves when something stands there. */
  readonly reached: Promise<void>;
  release(): void;
};

export type Faults = {
  inject(fault: Fault): void;
  hold(point: HoldPoint): Hold;
  /** The faults that have not happened yet. */
  pending(): readonly Fault[];
  take<T extends Fault['type']>(types: readonly T[], tag: string): FaultOf<T> | undefined;
  takeHold(at: HoldPoint['at'], tag: string): HeldPoint | undefined;
};

type HeldPoint = { readonly afterTokens: number; wait(signal: AbortSignal): Promise<void> };
type OpenHold = { readonly point: HoldPoint; readonly held: HeldPoint };

export function createFaults(): Faults {
  const faults: Fault[] = [];
  const holds: OpenHold[] = [];
  return {
    inject: (fault) => void faults.push(fault),
    pending: () => [...faults],
    hold(point) {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      const held: HeldPoint = {
        afterTokens: point.at === 'generation' ? (point.afterTokens ?? 0) : 0,
        async wait(signal) {
          reached.resolve();
          await unlessAborted(released.promise, signal);
        },
      };
      holds.push({ point, held });
      return { reached: reached.promise, release: () => released.resolve() };
    },
    take(types, tag) {
      const index = faults.findIndex((fault) => isOneOf(fault, types) && fits(fault.model, tag));
      const fault = faults[index];
      if (!fault || !isOneOf(fault, types)) return undefined;
      faults.splice(index, 1);
      return fault;
    },
    takeHold(at, tag) {
      const index = holds.findIndex(({ point }) => point.at === at && fits(point.model, tag));
      return index < 0 ? undefined : holds.splice(index, 1)[0]?.held;
    },
  };
}

function isOneOf<T extends Fault['type']>(fault: Fault, types: readonly T[]): fault is FaultOf<T> {
  return types.some((type) => type === fault.type);
}

function fits(wanted: string | undefined, tag: string): boolean {
  if (wanted === undefined) return true;
  const [a, b] = [parseName(wanted), parseName(tag)];
  return a !== undefined && b !== undefined && nameKey(a) === nameKey(b);
}

function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
  });
}
