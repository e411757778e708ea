import { expect, it } from 'vitest';
import { startTyping } from '../../src/reply/typing.ts';
import { fakeClock } from '../fakes/clock.ts';

it('typing is shown in a moment and then every 4.5 seconds, until it is stopped', () => {
  const clock = fakeClock();
  const shown: number[] = [];
  const typing = startTyping(clock, 4_500, () => void shown.push(clock.now()));
  for (let tenth = 0; tenth < 100; tenth += 1) clock.advance(100);
  expect(shown).toEqual([100, 4_600, 9_100]);
  typing.stop();
  clock.advance(60_000);
  expect(shown).toHaveLength(3);
});

it('typing that is stopped at once is never shown', () => {
  const clock = fakeClock();
  let shown = 0;
  startTyping(clock, 4_500, () => {
    shown += 1;
  }).stop();
  clock.advance(60_000);
  expect(shown).toBe(0);
});
