import { joinReports, type Report, type RunBench } from './bench.ts';
import { measureHitRates } from './cache-hit-rate.ts';
import { measureKey } from './cache-key.ts';
import { measureSecondTier } from './cache-l2.ts';
import { measureMemory } from './cache-memory.ts';

/** One after the other: two at once would measure each other. */
const PARTS: readonly { readonly name: string; readonly measure: () => Promise<Report> }[] = [
  { name: 'memory', measure: measureMemory },
  { name: 'key', measure: measureKey },
  { name: 'hit rates', measure: measureHitRates },
  { name: 'the second tier', measure: measureSecondTier },
];

export const run: RunBench = async (_, say) => {
  const reports: Report[] = [];
  for (const { name, measure } of PARTS) {
    say(name);
    reports.push(await measure());
  }
  return joinReports(reports);
};
