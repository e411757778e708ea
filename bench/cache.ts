import { joinReports, type Report, type RunBench } from './bench.ts';
import { measureFlights } from './cache-flights.ts';
import { measureHitRates } from './cache-hit-rate.ts';
import { measureKey } from './cache-key.ts';
import { measureHit } from './cache-l2.ts';
import { measureTrouble } from './cache-l2-trouble.ts';
import { measureMemory } from './cache-memory.ts';
import { measureFile } from './cache-sqlite.ts';

/** One after the other: two at once would measure each other. */
const PARTS: readonly { readonly name: string; readonly measure: () => Promise<Report> }[] = [
  { name: 'memory', measure: measureMemory },
  { name: 'key', measure: measureKey },
  { name: 'hit rates', measure: measureHitRates },
  { name: 'the second tier on Redis', measure: measureHit },
  { name: 'its troubles', measure: measureTrouble },
  { name: 'the second tier on a file', measure: measureFile },
  { name: 'equal questions at once', measure: measureFlights },
];

export const run: RunBench = async (_, say) => {
  const reports: Report[] = [];
  for (const { name, measure } of PARTS) {
    say(name);
    reports.push(await measure());
  }
  return joinReports(reports);
};
