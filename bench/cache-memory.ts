import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { atMost, joinReports, type Report } from './bench.ts';
import type { MemoryFigures } from './cache-memory.child.ts';

const CHILD = join(import.meta.dirname, 'cache-memory.child.ts');
const POLICIES = [
  { id: 'lru', name: 'LRU' },
  { id: 'tinylfu', name: 'W-TinyLFU (the default)' },
] as const;

/** The first tier under each policy against bare lru-cache, and against a Map. */
export async function measureMemory(): Promise<Report> {
  const reports: Report[] = [];
  for (const { id, name } of POLICIES) reports.push(reportOf(name, await measure(id)));
  return joinReports(reports);
}

/** In a process of its own. */
async function measure(policy: string): Promise<MemoryFigures> {
  const child = fork(CHILD, [policy], { execArgv: ['--expose-gc'] });
  const [figures] = (await Promise.race([once(child, 'message'), diedOf(child)])) as [MemoryFigures];
  return figures;
}

async function diedOf(child: ReturnType<typeof fork>): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`It ended with ${code} before it had measured anything.`);
}

function reportOf(name: string, { calls, get, set, heap }: MemoryFigures): Report {
  const nanoseconds = (ms: number) => (ms * 1e6) / calls;
  return {
    targets: [
      atMost(`${name}: hit with TTL, TTI and counts, against bare lru-cache`, get.ratio, 'times', 1.35),
      atMost(`${name}: set that evicts, against bare lru-cache`, set.ratio, 'times', 1.1),
      atMost(`${name}: heap over a Map of the same answers`, heap, '%', 3),
    ],
    figures: [
      { name: `${name}: a hit`, figure: nanoseconds(get.oneMs), unit: 'ns' },
      { name: `${name}: a set that evicts`, figure: nanoseconds(set.oneMs), unit: 'ns' },
      { name: 'bare lru-cache: a hit', figure: nanoseconds(get.otherMs), unit: 'ns' },
      { name: 'bare lru-cache: a set that evicts', figure: nanoseconds(set.otherMs), unit: 'ns' },
    ],
  };
}
