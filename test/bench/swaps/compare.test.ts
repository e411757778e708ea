import { expect, it } from 'vitest';
import { compare, judgeHang } from '../../../bench/swaps/compare.ts';

const outcome = (swaps: number, p95WaitSeconds: number) => ({ swaps, p95WaitSeconds, meanWaitSeconds: 10 });
const seen = { warm: 3, toLeaving: 0, standstillSeconds: 0 };
const simulated = { ostler: outcome(20, 100), ollama: outcome(60, 1_000) };
const ollama = { ...outcome(60, 1_000), ...seen, toLeaving: 12 };

function missed(swaps: number, p95: number, more = {}) {
  const { targets } = compare('T1', {
    ostler: { ...outcome(swaps, p95), ...seen, ...more },
    ollama,
    simulated,
  });
  return targets.flatMap(({ name, met }) => (met ? [] : [name.replace(/,.*/, '')]));
}

it('the bot may be a quarter better or worse than its simulation', () => {
  expect(missed(24, 76)).toEqual([]);
  expect(missed(26, 100)).toEqual(['T1: swaps', 'T1: swaps against straight to Ollama']);
  expect(missed(20, 74)).toEqual(['T1: p95 wait', 'T1: p95 wait against straight to Ollama']);
});

it('a single question to a model that is to leave is one too many', () => {
  expect(missed(20, 100, { toLeaving: 1 })).toEqual(['T1: questions to a model that is to leave']);
});

it('Ollama has to hang as it does', () => {
  const hang = { family: 'T1', keepAlive: '30m', limitSeconds: 300 };
  expect([299, 300].map((seconds) => judgeHang(hang, seconds).targets[0]?.met)).toEqual([false, true]);
});
