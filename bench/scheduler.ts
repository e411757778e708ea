import { BadOption, joinReports, type Report, type RunBench } from './bench.ts';
import { measureDistance } from './scheduler/distance.ts';
import { measureGoals } from './scheduler/goals.ts';
import { measureLoadBound } from './scheduler/load-bound.ts';
import { playAll } from './scheduler/outcome.ts';
import { readTrace } from './scheduler/trace.ts';

/** The scheduler on a simulated machine, or what all policies make of a trace of yours. */
export const run: RunBench = async ({ trace }, say) => {
  if (trace === undefined)
    return joinReports([measureGoals(say), measureLoadBound(say), measureDistance(say)]);
  if (typeof trace !== 'string' || trace === '') throw new BadOption('--trace takes a file.');
  return playTrace(trace);
};

async function playTrace(file: string): Promise<Report> {
  const policies = playAll(await readTrace(file));
  const figures = Object.entries(policies).flatMap(([policy, outcome]) =>
    Object.entries<number>(outcome).map(([field, figure]) => ({
      name: `${policy}, ${field}`,
      figure,
      unit: '',
    })),
  );
  return { targets: [], figures, json: { policies } };
}
