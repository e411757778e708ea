import { type CacheEntry, makeEntry } from '../cache/entry.ts';
import type { Answer } from '../chat/exchange.ts';

/** What is kept of an answer; undefined: it may not be given again. `at`: milliseconds since 1970. */
export function entryOf(answer: Answer, at: number): CacheEntry | undefined {
  const { finished, text, thinking, simulated, promptTokens, tokens, seconds, waitSeconds } = answer;
  if (finished !== 'stop' || text.trim() === '' || answer.from !== 'local') return undefined;
  return makeEntry({
    text,
    ...(thinking !== undefined && { thinking }),
    ...(simulated && { simulated }),
    promptTokens,
    tokens,
    seconds: Math.max(0, seconds - waitSeconds),
    at,
  });
}

/** The same, given again. `at`: when; milliseconds since 1970. */
export function answerFrom(
  { text, thinking, simulated, promptTokens, tokens, at: madeAt }: CacheEntry,
  { at, ...given }: Pick<Answer, 'provenance' | 'seconds' | 'waitSeconds'> & { readonly at: number },
): Answer {
  return {
    text,
    ...(thinking !== undefined && { thinking }),
    from: 'cache',
    ageSeconds: Math.max(0, (at - madeAt) / 1_000),
    ...(simulated && { simulated }),
    finished: 'stop',
    promptTokens,
    tokens,
    ...given,
  };
}
