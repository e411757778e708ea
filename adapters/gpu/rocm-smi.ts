import { addUp, type Card, toCard } from './cards.ts';
import type { Run } from './run.ts';

const ARGS = ['--showmeminfo', 'vram', '--csv'];
const TOTAL = /^vram total memory \(b\)$/i;
const USED = /^vram total used memory \(b\)$/i;

/**
 * A head line and a line for each GPU, in bytes: `device,VRAM Total Memory (B),VRAM Total Used Memory (B)`, then
 * `card0,21458059264,27856896` (rocm_smi.py, formatCsv: no cell holds a comma; what is not known is `N/A`). Warnings
 * may stand before it.
 */
export async function readRocmSmi(run: Run, signal: AbortSignal): Promise<Card | undefined> {
  const output = await run('rocm-smi', ARGS, signal);
  const rows = output.split('\n').map((line) => line.split(',').map((cell) => cell.trim()));
  const at = rows.findIndex(([first]) => first === 'device');
  const head = rows[at] ?? [];
  const columnOf = (name: RegExp) => head.findIndex((cell) => name.test(cell));
  const total = columnOf(TOTAL);
  const used = columnOf(USED);
  if (total < 0 || used < 0) return undefined;
  const cards = rows.slice(at + 1).filter(([device]) => device?.startsWith('card'));
  return addUp(cards.map((row) => toCard(row[total] ?? '', row[used] ?? '', 1)));
}
