/** A `final` is part of an answer and goes first; a `preview` may be left out. */
export type Urgency = 'final' | 'preview';

/** What one chat takes. */
export type ChatPacing = {
  /** A chat that was quiet takes so many calls at once. */
  readonly burst: number;
  /** After so long another call of the burst is there again. */
  readonly refillMs: number;
  /** A preview leaves so many calls of the burst behind, so that the answer that follows it need not wait. */
  readonly keptForFinals: number;
  /** A preview comes at least so long after the chat's last call. */
  readonly previewGapMs: number;
  /** So many calls within `ms`; no preview goes to a chat that had `previewCalls` of them. */
  readonly window?: CallWindow;
};

type CallWindow = { readonly calls: number; readonly previewCalls: number; readonly ms: number };

/** What a platform takes: of one chat, and of all chats together. */
export type Pacing = { readonly chat: (name: string) => ChatPacing; readonly all: CallWindow };

/** What we remember of the calls to one chat. */
export type Pace = {
  readonly pacing: ChatPacing;
  /** When the whole burst is there again. */
  readonly fullAt: number;
  /** When the latest calls went out, the newest last. */
  readonly calls: readonly number[];
};

export function quietPace(pacing: ChatPacing): Pace {
  return { pacing, fullAt: Number.NEGATIVE_INFINITY, calls: [] };
}

/** The earliest time at which a chat may have its next call. */
export function earliestCall({ pacing, fullAt, calls }: Pace, urgency: Urgency): number {
  const { burst, refillMs, keptForFinals, previewGapMs, window } = pacing;
  if (urgency === 'final') {
    const refilled = fullAt - (burst - 1) * refillMs;
    return window ? Math.max(refilled, callsBelow(calls, window.calls, window.ms)) : refilled;
  }
  const refilled = fullAt - (burst - 1 - keptForFinals) * refillMs;
  const spaced = lastOf(calls) + previewGapMs;
  const room = window ? callsBelow(calls, window.previewCalls, window.ms) : spaced;
  return Math.max(refilled, spaced, room);
}

/** The same for all chats together, of which `calls` are the latest calls. */
export function earliestOfAll(calls: readonly number[], urgency: Urgency, { all }: Pacing): number {
  return callsBelow(calls, urgency === 'final' ? all.calls : all.previewCalls, all.ms);
}

export function afterCall({ pacing, fullAt, calls }: Pace, now: number): Pace {
  const kept = pacing.window?.calls ?? 1;
  return {
    pacing,
    fullAt: Math.max(fullAt, now) + pacing.refillMs,
    calls: [...calls, now].slice(-kept),
  };
}

export function afterCallOfAll(calls: readonly number[], now: number, { all }: Pacing): readonly number[] {
  return [...calls, now].slice(-all.calls);
}

/** The platform wants to hear nothing before `until`: then the chat begins with one call. */
export function afterPause(pace: Pace, until: number): Pace {
  const { burst, refillMs } = pace.pacing;
  return { ...pace, fullAt: Math.max(pace.fullAt, until + (burst - 1) * refillMs) };
}

/** From then on a chat is like one that we never wrote to. */
export function quietAt({ pacing, fullAt, calls }: Pace): number {
  return Math.max(fullAt, lastOf(calls) + (pacing.window?.ms ?? pacing.previewGapMs));
}

/** When fewer than `limit` calls lie within the window that ends then. */
function callsBelow(calls: readonly number[], limit: number, windowMs: number): number {
  return (calls.at(-limit) ?? Number.NEGATIVE_INFINITY) + windowMs;
}

function lastOf(calls: readonly number[]): number {
  return calls.at(-1) ?? Number.NEGATIVE_INFINITY;
}
