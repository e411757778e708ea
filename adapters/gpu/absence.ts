import { readdir } from 'node:fs/promises';
import type { Card } from './cards.ts';

const NONE: Card = { totalBytes: 0, usedBytes: 0 };
/** Nodes through which programs compute on a card; what only shows a picture (a server's console) has none. */
const COMPUTES = /^renderD\d+$/;

/**
 * A machine without a card that models could live on, where its kernel is sure: no card computes, and neither NVIDIA's
 * driver, which may do without such a node, nor the GPU of a Windows around it (dxg) is there. Undefined where one of
 * them is: then there may be a card, whose memory nobody told. Throws where there is no such kernel.
 */
export async function readAbsence(sys: string): Promise<Card | undefined> {
  const classes = await readdir(`${sys}/class`);
  const list = (folder: string) => readdir(`${sys}/${folder}`).catch(ifMissing);
  const nodes = classes.includes('drm') ? await list('class/drm') : [];
  const [modules, misc] = await Promise.all([list('module'), list('class/misc')]);
  const isThere =
    nodes.some((name) => COMPUTES.test(name)) || modules.includes('nvidia') || misc.includes('dxg');
  return isThere ? undefined : NONE;
}

function ifMissing(error: unknown): string[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}
