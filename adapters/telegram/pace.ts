/** A `final` is part of an answer and goes first; a `preview` may be left out. */
export type Urgency = 'final' | 'preview';

/** What we remember of the calls to one chat. */
export type Pace = {
  readonly group: boolean;
  /** When the whole burst is there again. */
  readonly fullAt: number;
  /** When the latest calls went out, the newest last. */
  readonly calls: readonly number[];
};

/** A chat that was quiet takes so many calls at once. */
const BURST = 3;
/** After so long another call of the burst is there again: Telegram asks for about one a second. */
const REFILL_MS = 1_000;
/** A preview leaves so many calls of the burst behind, so that the answer that follows it need not wait. */
const KEPT_FOR_FINALS = 2;
/** A preview comes at least so long after the chat's last call. */
const PREVIEW_GAP_MS = 1_200;
const GROUP_PREVIEW_GAP_MS = 3_500;
/** Telegram takes so many calls a minute for a group. */
const GROUP_CALLS = 20;
/** No preview goes to a group that had so many calls within the minute: the rest is for answers. */
const GROUP_PREVIEW_CALLS = 14;
/** A minute, and a second because calls may be under way for differently long. */
const GROUP_WINDOW_MS = 61_000;
/** Telegram takes about 30 calls a second for all chats together. */
const ALL_CALLS = 28;
/** No preview goes while so many calls went out within the second: the rest is for answers. */
const ALL_PREVIEW_CALLS = 20;
/** A second, and a tenth for the same reason. */
const ALL_WINDOW_MS = 1_100;

export function quietPace(group: boolean): Pace {
  return { group, fullAt: Number.NEGATIVE_INFINITY, calls: [] };
}

/** The earliest time at which a chat may have its next call. Limits: core.telegram.org/bots/faq, broadcasting. */
export function earliestCall({ group, fullAt, calls }: Pace, urgency: Urgency): number {
  if (urgency === 'final') {
    const refilled = fullAt - (BURST - 1) * REFILL_MS;
    return group ? Math.max(refilled, callsBelow(calls, GROUP_CALLS, GROUP_WINDOW_MS)) : refilled;
  }
  const refilled = fullAt - (BURST - 1 - KEPT_FOR_FINALS) * REFILL_MS;
  const spaced = lastOf(calls) + (group ? GROUP_PREVIEW_GAP_MS : PREVIEW_GAP_MS);
  const room = group ? callsBelow(calls, GROUP_PREVIEW_CALLS, GROUP_WINDOW_MS) : spaced;
  return Math.max(refilled, spaced, room);
}

/** The same for all chats together, of which `calls` are the latest calls. */
export function earliestOfAll(calls: readonly number[], urgency: Urgency): number {
  return callsBelow(calls, urgency === 'final' ? ALL_CALLS : ALL_PREVIEW_CALLS, ALL_WINDOW_MS);
}

export function afterCall({ group, fullAt, calls }: Pace, now: number): Pace {
  const kept = group ? GROUP_CALLS : 1;
  return { group, fullAt: Math.max(fullAt, now) + REFILL_MS, calls: [...calls, now].slice(-kept) };
}

export function afterCallOfAll(calls: readonly number[], now: number): readonly number[] {
  return [...calls, now].slice(-ALL_CALLS);
}

/** Telegram wants to hear nothing before `until`: then the chat begins with one call. */
export function afterPause(pace: Pace, until: number): Pace {
  return { ...pace, fullAt: Math.max(pace.fullAt, until + (BURST - 1) * REFILL_MS) };
}

/** From then on a chat is like one that we never wrote to. */
export function quietAt({ group, fullAt, calls }: Pace): number {
  return Math.max(fullAt, lastOf(calls) + (group ? GROUP_WINDOW_MS : PREVIEW_GAP_MS));
}

/** When fewer than `limit` calls lie within the window that ends then. */
function callsBelow(calls: readonly number[], limit: number, windowMs: number): number {
  return (calls.at(-limit) ?? Number.NEGATIVE_INFINITY) + windowMs;
}

function lastOf(calls: readonly number[]): number {
  return calls.at(-1) ?? Number.NEGATIVE_INFINITY;
}
