import { BadOption, joinReports, type RunBench } from './bench.ts';
import { measureMemory } from './memory.ts';
import { measureSocketTime } from './socket-time.ts';
import { measureStart } from './start.ts';
import { measureTelegramTime } from './telegram-time.ts';

export const run: RunBench = async (values, say) => {
  const messages = Number(values.messages);
  if (!Number.isInteger(messages) || messages < 100) throw new BadOption('--messages takes 100 or more.');
  return joinReports([
    await measureSocketTime(say),
    await measureTelegramTime(say),
    await measureStart(say),
    await measureMemory(messages, say),
  ]);
};
