import { expect, it } from 'vitest';
import { createWishes } from '../../src/models/wishes.ts';
import { fakeClock } from '../fakes/clock.ts';
import { ready } from './schedule/states.ts';

const SETTINGS = { preload: [], pinned: [], default: 'a', returnAfterMs: 60_000, unloadIdle: false };
const IDLE = { models: [ready('b')], waiting: [] };

/** The default model made room for `b` a moment ago. */
function displaced() {
  const clock = fakeClock();
  const wishes = createWishes({ clock, settings: () => SETTINGS, isWaitedFor: () => false });
  wishes.evicted(['a']);
  return { clock, wishes };
}

it('the default model comes back once nothing was to do for so long', () => {
  const { clock, wishes } = displaced();
  wishes.observe(IDLE);
  clock.advance(59_999);
  expect(wishes.list()).toEqual([]);
  clock.advance(1);
  expect(wishes.list()).toEqual([{ model: 'a', mayEvict: true }]);
});

it('nothing is to do while everybody who waits is asked about what they push out', () => {
  const { clock, wishes } = displaced();
  const consent = { kind: 'asked', evict: ['b'] } as const;
  wishes.observe({ ...IDLE, waiting: [{ id: 'c1', model: 'c', eligibleAt: 0, consent }] });
  clock.advance(60_000);
  expect(wishes.list()).toEqual([{ model: 'a', mayEvict: true }]);
});

it('whoever only looks at the list begins no idle time', () => {
  const { clock, wishes } = displaced();
  expect(wishes.list()).toEqual([]);
  clock.advance(60_000);
  wishes.observe(IDLE);
  expect(wishes.list()).toEqual([]);
  expect(wishes.nextAt()).toBe(clock.now() + 60_000);
});

it('a load that was abandoned does not begin anew at once', () => {
  const { clock, wishes } = displaced();
  wishes.observe(IDLE);
  clock.advance(60_000);
  wishes.abandoned('a');
  expect(wishes.list()).toEqual([]);
  expect(wishes.nextAt()).toBe(clock.now() + 1_000);
  clock.advance(1_000);
  expect(wishes.list()).toEqual([{ model: 'a', mayEvict: true }]);
});
