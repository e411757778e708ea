import { measureAddedTime } from './added-time.ts';
import { BadOption, joinReports, type RunBench } from './bench.ts';
import { measureMemory } from './memory.ts';
import { measureStart } from './start.ts';

export const run: RunBench = async (values, say) => {
  const messages = Number(values.messages);
  if (!Number.isInteger(messages) || messages < 100) throw new BadOption('--messages takes 100 or more.');
  return joinReports([
    await measureAddedTime(say),
    await measureStart(say),
    await measureMemory(messages, say),
  ]);
};
