import { addUp, type Card, toCard } from './cards.ts';
import type { Run } from './run.ts';

const ARGS = ['--query-gpu=memory.total,memory.used', '--format=csv,noheader,nounits'];
/** `nounits` leaves out the unit, which is always this one (nvidia-smi(1)). */
const MIB = 1_024 ** 2;

/**
 * A line for each GPU, such as `24564, 1234`. A GPU that shares the machine's RAM says `[N/A], [N/A]`: its memory is
 * not known here.
 */
export async function readNvidiaSmi(run: Run, signal: AbortSignal): Promise<Card | undefined> {
  const lines = (await run('nvidia-smi', ARGS, signal)).trim().split('\n');
  return addUp(
    lines.map((line) => {
      const [total = '', used = '', ...rest] = line.split(',').map((cell) => cell.trim());
      return rest.length === 0 ? toCard(total, used, MIB) : undefined;
    }),
  );
}
