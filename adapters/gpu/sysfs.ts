import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addUp, type Card, toCard } from './cards.ts';

/** What amdgpu tells of each card, in bytes: `/sys/class/drm/card0/device/mem_info_vram_total` and `…_used`. */
export async function readSysfs(sys: string, signal: AbortSignal): Promise<Card | undefined> {
  const drm = join(sys, 'class/drm');
  // Connectors have names such as card0-DP-1.
  const names = (await readdir(drm)).filter((name) => /^card\d+$/.test(name));
  const cards = await Promise.all(names.map((name) => readCard(join(drm, name, 'device'), signal)));
  return addUp(cards.flat());
}

/** Nothing for the cards of other drivers, which don't have these files. */
async function readCard(device: string, signal: AbortSignal): Promise<readonly (Card | undefined)[]> {
  const read = (what: string) =>
    readFile(join(device, `mem_info_vram_${what}`), { encoding: 'utf8', signal });
  try {
    const [total, used] = await Promise.all([read('total'), read('used')]);
    return [toCard(total.trim(), used.trim(), 1)];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
