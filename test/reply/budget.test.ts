import { beforeEach, describe, expect, it } from 'vitest';
import { TELEGRAM_PACING } from '../../adapters/telegram/pacing.ts';
import { type Budget, createBudget } from '../../src/reply/budget.ts';
import { type SteppingClock, steppingClock } from './stepping-clock.ts';

const ADA = '1';
const BEN = '2';
const GROUP = '-3';

let clock: SteppingClock;
let budget: Budget;
/** What got its turn and when: `1200 preview`. */
let granted: string[];

beforeEach(() => {
  clock = steppingClock();
  budget = createBudget(clock, TELEGRAM_PACING, 'Telegram');
  granted = [];
});

/** Asks for a turn; where it is refused, that is noted in its place. */
function ask(
  chat: string,
  urgency: 'again' | 'final' | 'preview',
  more: { as?: string; signal?: AbortSignal } = {},
) {
  const name = more.as ?? urgency;
  budget.turn(chat, urgency, more.signal).then(
    () => granted.push(`${clock.now()} ${name}`),
    (reason) => granted.push(`${clock.now()} ${name}: ${reason.code ?? reason}`),
  );
}

function askTimes(times: number, chat: string, urgency: 'final' | 'preview') {
  for (let count = 1; count <= times; count += 1) ask(chat, urgency, { as: `${urgency} ${count}` });
}

/** The times at which what begins so got its turn. */
function timesOf(name: string): readonly number[] {
  return granted.filter((line) => line.includes(` ${name}`)).map((line) => Number.parseInt(line, 10));
}

describe('a direct chat', () => {
  it.each(['final', 'preview'] as const)('that was quiet gets a %s at once', async (urgency) => {
    ask(ADA, urgency);
    await clock.runUntil(0);
    expect(granted).toEqual([`0 ${urgency}`]);
  });

  it('gets a final at once after a preview, and a second one', async () => {
    ask(ADA, 'preview');
    askTimes(2, ADA, 'final');
    await clock.runUntil(0);
    expect(timesOf('final')).toEqual([0, 0]);
  });

  it('gets a preview every 1.2 s, and a final at once between any two', async () => {
    askTimes(30, ADA, 'preview');
    await clock.runUntil(30 * 1_200 - 1);
    expect(timesOf('preview')).toEqual(Array.from({ length: 30 }, (_, count) => count * 1_200));
    ask(ADA, 'final');
    await clock.runUntil(30 * 1_200);
    expect(timesOf('final')).toEqual([30 * 1_200 - 1]);
  });

  it('gets three finals at once, then one a second', async () => {
    askTimes(6, ADA, 'final');
    await clock.settle();
    expect(timesOf('final')).toEqual([0, 0, 0, 1_000, 2_000, 3_000]);
  });

  it('gets no preview before the calls that answers may need are there again', async () => {
    askTimes(3, ADA, 'final');
    ask(ADA, 'preview');
    await clock.settle();
    expect(timesOf('preview')).toEqual([3_000]);
  });

  it('gets its finals first in, first out, and before previews that wait for longer', async () => {
    askTimes(2, ADA, 'preview');
    askTimes(5, ADA, 'final');
    await clock.settle();
    expect(granted.map((line) => line.replace(/^\d+ /, ''))).toEqual([
      'preview 1',
      ...[1, 2, 3, 4, 5].map((count) => `final ${count}`),
      'preview 2',
    ]);
  });

  it('gets what was refused before other finals', async () => {
    askTimes(4, ADA, 'final');
    ask(ADA, 'again');
    await clock.settle();
    expect(granted.slice(3)).toEqual(['1000 again', '2000 final 4']);
  });

  it('does not wait for another', async () => {
    askTimes(5, ADA, 'final');
    ask(BEN, 'final', { as: 'other' });
    await clock.runUntil(0);
    expect(timesOf('other')).toEqual([0]);
  });
});

describe('a group', () => {
  it('gets a preview every 3.5 s and no more than 14 within a minute', async () => {
    askTimes(16, GROUP, 'preview');
    await clock.settle();
    const expected = Array.from({ length: 14 }, (_, count) => count * 3_500);
    expect(timesOf('preview')).toEqual([...expected, 61_000, 64_500]);
  });

  it('always has room for six finals beside previews', async () => {
    askTimes(14, GROUP, 'preview');
    await clock.runUntil(46_000);
    askTimes(7, GROUP, 'final');
    await clock.settle();
    expect(timesOf('final')).toEqual([46_000, 46_000, 46_500, 47_500, 48_500, 49_500, 61_000]);
  });

  it('gets no preview while finals had their share', async () => {
    askTimes(14, GROUP, 'final');
    await clock.runUntil(30_000);
    ask(GROUP, 'preview');
    await clock.settle();
    expect(timesOf('preview')).toEqual([61_000]);
  });

  it('gets 20 calls a minute at most', async () => {
    askTimes(25, GROUP, 'final');
    await clock.settle();
    expect(timesOf('final').filter((at) => at < 60_000)).toHaveLength(20);
    expect(timesOf('final')).toHaveLength(25);
  });
});

describe('all chats together', () => {
  it('get 28 calls within a second, the rest after it', async () => {
    for (let chat = 1; chat <= 60; chat += 1) ask(String(chat), 'final', { as: `final ${chat}` });
    await clock.settle();
    expect(timesOf('final')).toEqual([
      ...Array(28).fill(0),
      ...Array(28).fill(1_100),
      ...Array(4).fill(2_200),
    ]);
  });

  it('leave room for eight finals beside previews', async () => {
    for (let chat = 1; chat <= 25; chat += 1) ask(String(chat), 'preview');
    for (let chat = 101; chat <= 109; chat += 1) ask(String(chat), 'final');
    await clock.settle();
    expect(timesOf('preview')).toEqual([...Array(20).fill(0), ...Array(5).fill(1_100)]);
    expect(timesOf('final')).toEqual([...Array(8).fill(0), 1_100]);
  });

  it('get a final before the previews of all others', async () => {
    for (let chat = 1; chat <= 60; chat += 1) ask(String(chat), 'preview');
    await clock.runUntil(500);
    for (let chat = 101; chat <= 110; chat += 1) ask(String(chat), 'final');
    await clock.runUntil(1_500);
    expect(timesOf('final')).toEqual([...Array(8).fill(500), 1_100, 1_100]);
    expect(granted.slice(28).map((line) => line.split(' ')[1])).toEqual([
      ...Array(2).fill('final'),
      ...Array(10).fill('preview'),
    ]);
  });
});

describe('a pause', () => {
  it('keeps everything from its chat, and nothing from others', async () => {
    budget.pause(ADA, 5);
    expect(budget.pausedMs(ADA)).toBe(5_000);
    expect(budget.pausedMs(BEN)).toBe(0);
    ask(ADA, 'preview');
    askTimes(2, ADA, 'final');
    ask(BEN, 'final', { as: 'other' });
    await clock.runUntil(4_999);
    expect(granted).toEqual(['0 other']);
    expect(budget.pausedMs(ADA)).toBe(1);
    await clock.settle();
    expect(granted).toEqual(['0 other', '5000 final 1', '6000 final 2', '9000 preview']);
    expect(budget.pausedMs(ADA)).toBe(0);
  });

  it('is not made shorter by another', async () => {
    budget.pause(ADA, 8);
    budget.pause(ADA, 1);
    expect(budget.pausedMs(ADA)).toBe(8_000);
    ask(ADA, 'final');
    await clock.settle();
    expect(granted).toEqual(['8000 final']);
  });

  it('of more than 10 s refuses whoever waits, and whoever comes, until 10 s are left', async () => {
    askTimes(4, ADA, 'final');
    ask(ADA, 'preview');
    await clock.runUntil(0);
    budget.pause(ADA, 60);
    ask(ADA, 'final', { as: 'late' });
    await clock.runUntil(0);
    expect(granted.slice(3).toSorted()).toEqual(['0 final 4: busy', '0 late: busy', '0 preview: busy']);
    await clock.runUntil(50_000);
    ask(ADA, 'final', { as: 'patient' });
    await clock.settle();
    expect(granted.slice(6)).toEqual(['60000 patient']);
  });

  it('of exactly 10 s is waited for', async () => {
    ask(ADA, 'final');
    budget.pause(ADA, 10);
    ask(ADA, 'final', { as: 'second' });
    await clock.settle();
    expect(granted).toEqual(['0 final', '10000 second']);
  });
});

describe('whoever waits', () => {
  it('may leave, and throws the reason', async () => {
    const leaving = new AbortController();
    askTimes(3, ADA, 'final');
    ask(ADA, 'final', { as: 'leaving', signal: leaving.signal });
    ask(ADA, 'final', { as: 'next' });
    await clock.runUntil(500);
    leaving.abort('enough');
    await clock.settle();
    expect(granted.slice(3)).toEqual(['500 leaving: enough', '1000 next']);
  });

  it('has left when its signal was aborted before', async () => {
    ask(ADA, 'final', { signal: AbortSignal.abort('too late') });
    await clock.runUntil(0);
    expect(granted).toEqual(['0 final: too late']);
    expect(budget.chats()).toBe(0);
  });

  it('makes way for a preview when the last final leaves', async () => {
    const leaving = new AbortController();
    askTimes(3, ADA, 'final');
    ask(ADA, 'preview');
    ask(ADA, 'final', { as: 'leaving', signal: leaving.signal });
    await clock.runUntil(0);
    leaving.abort('enough');
    await clock.settle();
    expect(granted.slice(3)).toEqual(['0 leaving: enough', '3000 preview']);
  });

  it('is not heard by its signal any more after its turn', async () => {
    const leaving = new AbortController();
    ask(ADA, 'final', { signal: leaving.signal });
    await clock.runUntil(0);
    leaving.abort('too late');
    await clock.settle();
    expect(granted).toEqual(['0 final']);
  });
});

describe('memory', () => {
  it('holds no chat that is quiet, and one timer for each other one', async () => {
    for (let chat = 1; chat <= 20; chat += 1) ask(String(chat), 'final');
    ask(GROUP, 'preview');
    budget.pause(BEN, 300);
    await clock.runUntil(0);
    expect([budget.chats(), clock.timers()]).toEqual([21, 21]);
    await clock.runUntil(1_200);
    expect(budget.chats()).toBe(2);
    await clock.runUntil(62_100);
    expect(budget.chats()).toBe(1);
    await clock.settle();
    expect([budget.chats(), clock.timers()]).toEqual([0, 0]);
  });
});
