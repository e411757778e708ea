import { describe, expect, it } from 'vitest';
import { countBypass, countHit, countMiss, noCounts, type Recent } from '../../src/cache/counters.ts';
import { configSchema } from '../../src/config/schema.ts';
import { verdictOf } from '../../src/stats/cache-verdict.ts';

type Times = {
  readonly hits?: number;
  readonly missed?: Partial<Recent['missed']>;
  readonly bypassed?: Partial<Recent['bypassed']>;
};

const settingsOf = (input: object = {}) => configSchema.parse({ response_cache: input }).response_cache;
const on = { settings: settingsOf(), hasSecond: true };
const memoryOnly = { ...on, hasSecond: false };

function recently({ hits = 0, missed = {}, bypassed = {} }: Times): Recent {
  const { recent } = noCounts(0);
  Object.assign(recent.missed, missed);
  Object.assign(recent.bypassed, bypassed);
  return { ...recent, hits };
}

describe('why the hit rate is what it is', () => {
  it.each<[why: string, times: Times, words: RegExp]>([
    ['few questions', { hits: 5, missed: { new: 14 } }, /^Too few questions yet/],
    ['hits', { hits: 30, missed: { new: 70 } }, /^It works well\.$/],
    ['too few hits', { hits: 29, missed: { new: 71 } }, /^Most questions are new/],
    [
      'a high temperature',
      { hits: 9, bypassed: { temperature: 51 }, missed: { new: 40 } },
      /temperature is above 0\.3 \(response_cache\.temperature_max\)/,
    ],
    ['a high temperature of some', { missed: { new: 60 }, bypassed: { temperature: 40 } }, /^Most.*are new/],
    ['a rule', { bypassed: { rule: 51 }, missed: { new: 49 } }, /a rule that says cache: false/],
    ['Retry', { bypassed: { refresh: 51 }, missed: { new: 49 } }, /asked afresh on purpose/],
    [
      'models that are not known',
      { bypassed: { unknown_model: 51 }, missed: { new: 49 } },
      /Ollama was away/,
    ],
    ['what cannot be compared', { bypassed: { no_key: 51 }, missed: { new: 49 } }, /cannot be compared/],
    ['a short life', { missed: { new: 60, expired: 40 } }, /^Answers expire.*response_cache\.l2\.ttl/],
    ['a short life, now and then', { missed: { new: 80, expired: 20 } }, /^Most questions are new/],
    ['no room', { missed: { new: 60, expired: 10, room: 30 } }, /second tier for want of room.*max_mb/],
    ['a second tier that fails', { missed: { new: 10, failed: 60, room: 30 } }, /second tier fails/],
  ])('%s', (_, times, words) => {
    expect(verdictOf(recently(times), on)).toMatch(words);
  });

  it.each<[why: string, times: Times, words: RegExp]>([
    [
      'a short life',
      { missed: { new: 60, expired: 40 } },
      /response_cache\.l1\.ttl and tti, or use a second/,
    ],
    ['no room', { missed: { new: 60, room: 40 } }, /leave memory.*l1\.max_entries or max_bytes/],
  ])('%s, where there is memory only', (_, times, words) => {
    expect(verdictOf(recently(times), memoryOnly)).toMatch(words);
  });

  it('that it is off', () => {
    const settings = settingsOf({ enabled: false });
    expect(verdictOf(recently({ hits: 100 }), { ...on, settings })).toMatch(/^It is off/);
  });

  it('changes when the questions do: what was long ago is forgotten', () => {
    const counts = noCounts(0);
    const verdict = () => verdictOf(counts.recent, on);
    for (let n = 0; n < 10_000; n += 1) countBypass(counts, 'temperature');
    expect(verdict()).toMatch(/temperature/);
    for (let n = 0; n < 200; n += 1) countMiss(counts, n % 2 === 0 ? 'expired' : 'new');
    expect(verdict()).toMatch(/^Answers expire/);
    for (let n = 0; n < 200; n += 1) countHit(counts);
    expect(verdict()).toBe('It works well.');
    expect(counts).toMatchObject({ hits: 200, misses: 200, bypassed: { temperature: 10_000 } });
  });

  it('is not changed by what was asked while it was off', () => {
    const counts = noCounts(0);
    for (let n = 0; n < 500; n += 1) countBypass(counts, 'off');
    for (let n = 0; n < 30; n += 1) countHit(counts);
    expect(verdictOf(counts.recent, on)).toBe('It works well.');
  });
});
