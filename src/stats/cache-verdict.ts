import { type Bypass, type Missed, questionsIn, type Recent, sumOf } from '../cache/counters.ts';
import type { Config } from '../config/schema.ts';

/** Too few say nothing. */
const ENOUGH = 20;
const GOOD_RATE = 0.3;
/** Of what was not found; the rest was never asked before, and nothing helps it. */
const WORTH_TELLING = 1 / 3;

type Situation = {
  readonly settings: Config['response_cache'];
  /** Whether there is a second tier. */
  readonly hasSecond: boolean;
};

/** Why so many of the last questions had to be answered anew, and what helps: one sentence. */
export function verdictOf(recent: Recent, { settings, hasSecond }: Situation): string {
  const { hits, missed, bypassed } = recent;
  const all = questionsIn(recent);
  if (!settings.enabled) return 'It is off (response_cache.enabled).';
  if (all < ENOUGH) return 'Too few questions yet to say how well it works.';
  const [why, times] = most(bypassed);
  if (times > all / 2) return PASSED_BY[why](settings);
  const misses = sumOf(missed);
  if (hits >= GOOD_RATE * (hits + misses)) return 'It works well.';
  const { new: unknown, ...lost } = missed;
  if (misses - unknown < misses * WORTH_TELLING)
    return 'Most questions are new: only what stands alone, or is asked again in the same words, can hit.';
  return LOST[most(lost)[0]](hasSecond);
}

const PASSED_BY: Readonly<Record<Bypass, (settings: Situation['settings']) => string>> = {
  off: () => 'It was off until now.',
  temperature: ({ temperature_max }) =>
    `Most answers may turn out differently: their temperature is above ${temperature_max} (response_cache.temperature_max).`,
  rule: () => 'Most questions match a rule that says cache: false.',
  refresh: () => 'Most questions were asked afresh on purpose.',
  unknown_model: () => 'Most questions met a model that was not known yet: Ollama was away.',
  no_key: () => 'Most questions have options or a text that cannot be compared, such as half a character.',
};

const LOST: Readonly<Record<Exclude<Missed, 'new'>, (hasSecond: boolean) => string>> = {
  expired: (hasSecond) =>
    hasSecond
      ? 'Answers expire before they are asked for again: raise response_cache.l2.ttl, or cache_ttl of their rule.'
      : 'Answers expire before they are asked for again: raise response_cache.l1.ttl and tti, or use a second tier.',
  room: (hasSecond) =>
    hasSecond
      ? 'Answers leave the second tier for want of room: raise response_cache.l2.max_mb, or the memory of its Redis.'
      : 'Answers leave memory for want of room: raise response_cache.l1.max_entries or max_bytes, or use a second tier.',
  failed: () => 'Its second tier fails: its state says why.',
};

function most<Name extends string>(counts: Readonly<Record<Name, number>>): readonly [Name, number] {
  const entries = Object.entries(counts) as [Name, number][];
  return entries.reduce((one, other) => (other[1] > one[1] ? other : one));
}
