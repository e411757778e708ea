import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TELEGRAM_PACING } from '../../adapters/telegram/pacing.ts';
import { createBudget } from '../../src/reply/budget.ts';
import { createLimits } from '../servers/telegram/limits.ts';
import { steppingClock } from './stepping-clock.ts';

/** Calls to one chat, and all calls, may arrive so much later than others. */
const CHAT_JITTER_MS = 1_000;
const ALL_JITTER_MS = 90;

type Step = { readonly afterMs: number; readonly chat: number } & (
  | { readonly kind: 'final' | 'preview'; readonly leavesAfterMs: number | undefined }
  | { readonly kind: 'pause'; readonly seconds: number }
);
type Turn = {
  readonly chat: number;
  readonly kind: 'final' | 'preview';
  readonly askedAt: number;
  readonly leavesAt: number;
  end?: { readonly at: number; readonly how: 'granted' | 'busy' | 'left' };
};
type Pause = { readonly chat: number; readonly from: number; readonly until: number };
type Course = { readonly turns: readonly Turn[]; readonly pauses: readonly Pause[] };

const afterMs = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 4_000 }));
const leavesAfterMs = fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined, freq: 6 });
const turnIn = (chat: fc.Arbitrary<number>) =>
  fc.record({ afterMs, chat, kind: fc.constantFrom('final', 'preview'), leavesAfterMs });
const pauseIn = (chat: fc.Arbitrary<number>) =>
  fc.record({ afterMs, chat, kind: fc.constant('pause'), seconds: fc.integer({ min: 1, max: 20 }) });
const scheduleOf = (chat: fc.Arbitrary<number>, mostSteps: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(fc.oneof({ weight: 12, arbitrary: turnIn(chat) }, { weight: 1, arbitrary: pauseIn(chat) }), {
    minLength: mostSteps / 4,
    maxLength: mostSteps,
    size: 'max',
  }) as fc.Arbitrary<readonly Step[]>;
/** A few chats that are asked much of, or many at once. */
const schedules = fc.oneof(
  scheduleOf(fc.constantFrom(1, -2), 80),
  scheduleOf(fc.integer({ min: -30, max: 30 }), 120).map((steps) =>
    steps.map((step, index) => ({ ...step, afterMs: index % 60 === 59 ? step.afterMs : 0 })),
  ),
);

async function run(steps: readonly Step[]): Promise<Course> {
  const clock = steppingClock();
  const budget = createBudget(clock, TELEGRAM_PACING, 'Telegram');
  const turns: Turn[] = [];
  const pauses: Pause[] = [];
  for (const step of steps) {
    await clock.runUntil(clock.now() + step.afterMs);
    const { chat } = step;
    const now = clock.now();
    if (step.kind === 'pause') {
      budget.pause(String(chat), step.seconds);
      pauses.push({ chat, from: now, until: now + step.seconds * 1_000 });
    } else {
      const leaving = new AbortController();
      const turn: Turn = {
        chat,
        kind: step.kind,
        askedAt: now,
        leavesAt: now + (step.leavesAfterMs ?? Infinity),
      };
      if (step.leavesAfterMs !== undefined) clock.after(step.leavesAfterMs, () => leaving.abort('left'));
      turns.push(turn);
      budget.turn(String(chat), step.kind, leaving.signal).then(
        () => Object.assign(turn, { end: { at: clock.now(), how: 'granted' } }),
        (reason) => Object.assign(turn, { end: { at: clock.now(), how: reason.code ?? reason } }),
      );
    }
  }
  await clock.settle();
  expect([budget.chats(), clock.timers()]).toEqual([0, 0]);
  return { turns, pauses };
}

type Call = { readonly chat: number; readonly kind: 'final' | 'preview'; readonly at: number };

function callsOf({ turns }: Course): readonly Call[] {
  return turns
    .flatMap(({ chat, kind, end }) => (end?.how === 'granted' ? [{ chat, kind, at: end.at }] : []))
    .toSorted((one, other) => one.at - other.at);
}

function mostWithin(calls: readonly Call[], windowMs: number): number {
  return Math.max(
    0,
    ...calls.map(({ at }) => calls.filter((call) => call.at > at - windowMs && call.at <= at).length),
  );
}

function expectEveryEndIsRight({ turns, pauses }: Course): void {
  for (const turn of turns) {
    const { chat, end, leavesAt } = turn;
    expect(end, 'every turn ends').toBeDefined();
    if (end?.how === 'left') expect(end.at).toBe(leavesAt);
    if (end?.how === 'busy') {
      expect(
        pauses.some((pause) => pause.chat === chat && pause.from <= end.at && pause.until > end.at + 10_000),
      ).toBe(true);
    }
  }
}

function expectLimitsOfChats(course: Course): void {
  for (const [chat, calls] of Map.groupBy(callsOf(course), (call) => call.chat)) {
    calls.forEach((call, index) => {
      const before = calls[index - 1];
      if (before && call.kind === 'preview') {
        expect(call.at - before.at).toBeGreaterThanOrEqual(chat < 0 ? 3_500 : 1_200);
      }
      for (const pause of course.pauses.filter((other) => other.chat === chat)) {
        expect(call.at < pause.until && call.at > pause.from).toBe(false);
      }
    });
    if (chat > 0) continue;
    expect(mostWithin(calls, 60_000)).toBeLessThanOrEqual(20);
    expect(
      mostWithin(
        calls.filter(({ kind }) => kind === 'preview'),
        60_000,
      ),
    ).toBeLessThanOrEqual(14);
  }
}

/** Judged by what stands in for Telegram in other tests, with calls that are under way for differently long. */
function expectNoRefusal(course: Course, jitters: readonly number[]): void {
  for (const [jitterMs, onlyChat] of [
    [ALL_JITTER_MS, false],
    [CHAT_JITTER_MS, true],
  ] as const) {
    const arrivals = callsOf(course)
      .map(({ chat, at }, index) => ({
        chat,
        at: at + Math.floor((jitters[index % jitters.length] ?? 0) * jitterMs),
      }))
      .toSorted((one, other) => one.at - other.at);
    for (const group of onlyChat ? Map.groupBy(arrivals, ({ chat }) => chat).values() : [arrivals]) {
      let now = 0;
      const limits = createLimits({ on: true, now: () => now, refused: () => {} });
      for (const { chat, at } of group) {
        now = at;
        limits.spend(chat, chat > 0);
      }
    }
  }
}

function expectFinalsFirst({ turns }: Course): void {
  for (const ofChat of Map.groupBy(turns, ({ chat }) => chat).values()) {
    const finals = ofChat.filter(({ kind }) => kind === 'final');
    const grantedAt = finals.flatMap(({ end }) => (end?.how === 'granted' ? [end.at] : []));
    expect(grantedAt).toEqual(grantedAt.toSorted((one, other) => one - other));
    for (const { kind, end } of ofChat) {
      if (kind !== 'preview' || end?.how !== 'granted') continue;
      expect(
        finals.filter((final) => final.askedAt < end.at && (final.end?.at ?? Infinity) > end.at),
      ).toEqual([]);
    }
  }
}

/** Nobody waits longer than the limits make necessary, with a little for the calls of all other chats. */
function expectNoFinalStarves({ turns, pauses }: Course): void {
  for (const { chat, kind, askedAt, end } of turns) {
    if (kind !== 'final' || end === undefined) continue;
    const ahead = turns.filter(
      (other) =>
        other.chat === chat &&
        other.kind === 'final' &&
        other.askedAt <= askedAt &&
        (other.end?.at ?? 0) >= askedAt,
    ).length;
    const pausedMs = pauses
      .filter((pause) => pause.chat === chat && pause.until > askedAt && pause.from <= end.at)
      .reduce((sum, { from, until }) => sum + until - from + 3_000, 0);
    const groupMs = chat < 0 ? 61_000 * Math.ceil(ahead / 20) : 0;
    expect(end.at - askedAt).toBeLessThanOrEqual(
      ahead * 1_000 + pausedMs + groupMs + (turns.length / 20) * 1_100,
    );
  }
}

it('1,000 random schedules keep every limit, let no final starve, and settle', async () => {
  const jitters = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(schedules, jitters, async (steps, late) => {
      const course = await run(steps);
      expectEveryEndIsRight(course);
      expectLimitsOfChats(course);
      expect(mostWithin(callsOf(course), 1_000)).toBeLessThanOrEqual(28);
      expectNoRefusal(course, late);
      expectFinalsFirst(course);
      expectNoFinalStarves(course);
    }),
    { numRuns: 1_000 },
  );
});
