import { describe, expect, it } from 'vitest';
import { createFates } from '../../src/cache/fates.ts';

function open(hasSecond: boolean) {
  let time = 0;
  const fates = createFates(hasSecond, () => time);
  return {
    fates,
    pass(ms: number) {
      time += ms;
    },
    why: (isAway = false) => fates.why('key', isAway),
  };
}

describe('why an answer is not there', () => {
  it('it was never kept, or is not remembered', () => {
    const { fates, why } = open(true);
    expect([why(), why(true)]).toEqual(['new', 'new']);
    fates.kept('key', 100);
    for (let n = 0; n < 5_000; n += 1) fates.kept(`other ${n}`, 100);
    expect(why()).toBe('new');
  });

  it('all was removed on purpose', () => {
    const { fates, why } = open(true);
    fates.kept('key', 100);
    fates.forget();
    expect(why()).toBe('new');
  });

  it.each([true, false])('its life is over (second tier: %s)', (hasSecond) => {
    const { fates, pass, why } = open(hasSecond);
    fates.kept('key', 100);
    pass(60);
    fates.kept('key', 100);
    pass(99);
    expect(why()).toBe('room');
    pass(1);
    expect([why(), why(true)]).toEqual(['expired', 'expired']);
  });

  it.each([
    ['capacity', 'room'],
    ['bytes', 'room'],
    ['ttl', 'expired'],
    ['tti', 'expired'],
  ] as const)('it left memory, where nothing else is, because of %s', (reason, why) => {
    const { fates, ...one } = open(false);
    fates.kept('key', 100);
    fates.evicted('key', reason);
    expect(one.why()).toBe(why);
  });

  it('that it left memory explains nothing where there is a second tier', () => {
    const { fates, why } = open(true);
    fates.kept('key', undefined);
    fates.evicted('key', 'tti');
    expect([why(), why(true)]).toEqual(['room', 'failed']);
  });

  it('the second tier did not take it', () => {
    const { fates, why } = open(true);
    fates.kept('key', 100);
    fates.refused('key');
    expect(why()).toBe('failed');
    fates.kept('key', 100);
    expect(why()).toBe('room');
  });
});
