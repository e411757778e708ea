import { describe, expect, it } from 'vitest';
import { bypassOf, lifeOf, wishOf } from '../../src/cache/cacheable.ts';

const HOUR = 3_600;
const WEEK = 604_800;

describe('how long an answer is kept', () => {
  it.each([
    // asked, byRule, usual, isOwn, comes to
    [undefined, undefined, HOUR, true, undefined],
    [undefined, WEEK, HOUR, false, WEEK],
    [undefined, 300, null, false, 300],
    [WEEK, undefined, HOUR, true, WEEK],
    [WEEK, 300, HOUR, true, WEEK],
    [60, WEEK, HOUR, true, 60],
    [WEEK, undefined, HOUR, false, HOUR],
    [WEEK, 300, HOUR, false, 300],
    [60, undefined, HOUR, false, 60],
    [60, 300, HOUR, false, 60],
    [HOUR, WEEK, 60, false, HOUR],
    [WEEK, undefined, null, false, WEEK],
  ])('asked %s, by its rule %s, usually %s, own %s: %s seconds', (asked, byRule, usual, isOwn, seconds) => {
    expect(lifeOf({ asked, byRule, usual, isOwn })).toBe(seconds);
  });
});

describe('what a question and its rule ask for', () => {
  it('each may forbid', () => {
    expect(wishOf(undefined, undefined)).toEqual({});
    expect(wishOf({ read: false }, { keep: false })).toEqual({ read: false, keep: false });
    expect(wishOf({}, { read: false, keep: false })).toEqual({ read: false, keep: false });
  });
});

it.each([
  [{}, undefined],
  [{ enabled: false }, 'off'],
  [{ isKnownModel: false }, 'unknown_model'],
  [{ temperature: 0.31 }, 'temperature'],
  [{ temperature: 0.31, hasSeed: true }, undefined],
] as const)('with %j it is passed by because of %s', (change, why) => {
  const asked = { enabled: true, temperatureMax: 0.3, temperature: 0.3, hasSeed: false, isKnownModel: true };
  expect(bypassOf({ ...asked, ...change })).toBe(why);
});
