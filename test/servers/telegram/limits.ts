import { tooMany } from './errors.ts';

/** https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this */
const PRIVATE_BURST = 5;
const PRIVATE_PER_SECOND = 1;
const GROUP_SENDS = 20;
const GROUP_WINDOW_MS = 60_000;
const ALL_PER_SECOND = 30;
const SECOND_MS = 1_000;

type Budget = {
  /** Milliseconds until something fits; 0: now. */
  wait(nowMs: number): number;
  take(nowMs: number): void;
};

export type Limits = {
  /** Takes one send or edit from the budgets. Throws a 429, and then takes nothing. */
  spend(chat: number, isPrivate: boolean): void;
  /** The 429s of a chat. */
  refusals(chat: number): number;
};

type Parts = {
  readonly on: boolean;
  readonly now: () => number;
  readonly refused: (chat: number, retryAfterSeconds: number) => void;
};

/** Off, it only counts nothing and refuses nobody. */
export function createLimits({ on, now, refused }: Parts): Limits {
  const all = { budget: createBucket(ALL_PER_SECOND, ALL_PER_SECOND), refusedUntilMs: 0 };
  const chats = new Map<number, { readonly budget: Budget; refusedUntilMs: number; refusals: number }>();

  const stateOf = (chat: number, isPrivate: boolean) => {
    const known = chats.get(chat);
    if (known) return known;
    const budget = isPrivate ? createBucket(PRIVATE_BURST, PRIVATE_PER_SECOND) : createWindow();
    const state = { budget, refusedUntilMs: 0, refusals: 0 };
    chats.set(chat, state);
    return state;
  };

  return {
    spend(chat, isPrivate) {
      if (!on) return;
      const nowMs = now();
      const state = stateOf(chat, isPrivate);
      for (const scope of [all, state]) {
        const penaltyMs = scope.refusedUntilMs - nowMs;
        const waitMs = penaltyMs > 0 ? penaltyMs : scope.budget.wait(nowMs);
        if (waitMs <= 0) continue;
        const seconds = Math.ceil(waitMs / SECOND_MS);
        if (penaltyMs <= 0) scope.refusedUntilMs = nowMs + seconds * SECOND_MS;
        state.refusals += 1;
        refused(chat, seconds);
        throw tooMany(seconds);
      }
      all.budget.take(nowMs);
      state.budget.take(nowMs);
    },
    refusals: (chat) => chats.get(chat)?.refusals ?? 0,
  };
}

function createBucket(burst: number, perSecond: number): Budget {
  let tokens = burst;
  let filledAtMs = Number.NEGATIVE_INFINITY;
  const fill = (nowMs: number) => {
    tokens = Math.min(burst, tokens + ((nowMs - filledAtMs) * perSecond) / SECOND_MS);
    filledAtMs = nowMs;
  };
  return {
    wait(nowMs) {
      fill(nowMs);
      return tokens >= 1 ? 0 : ((1 - tokens) * SECOND_MS) / perSecond;
    },
    take: () => {
      tokens -= 1;
    },
  };
}

function createWindow(): Budget {
  /** A ring: the oldest stands at `next`. */
  const times: number[] = new Array<number>(GROUP_SENDS).fill(Number.NEGATIVE_INFINITY);
  let next = 0;
  return {
    wait: (nowMs) => Math.max(0, (times[next] ?? 0) + GROUP_WINDOW_MS - nowMs),
    take(nowMs) {
      times[next] = nowMs;
      next = (next + 1) % GROUP_SENDS;
    },
  };
}
