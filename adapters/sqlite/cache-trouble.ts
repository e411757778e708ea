import { OstlerError } from '../../src/errors.ts';

/** What to do about an error of SQLite (https://www.sqlite.org/rescode.html) or of the file system. */
export type CacheTrouble =
  /** The file cannot be read for what it should be. */
  | 'damaged'
  /** The disk has no room. */
  | 'full'
  /** Another program has it locked just now. */
  | 'busy'
  | 'other';

const DAMAGED: ReadonlySet<number> = new Set([11, 26]);
const BUSY: ReadonlySet<number> = new Set([5, 6]);
const FULL = 13;
/** SQL that fails in a file with other tables than ours. */
const NOT_OURS = 1;

export function troubleOf(error: unknown): CacheTrouble {
  const code = primaryCode(error);
  if (DAMAGED.has(code)) return 'damaged';
  if (BUSY.has(code)) return 'busy';
  return code === FULL || isNoSpace(error) ? 'full' : 'other';
}

/** Whether a file that could not be opened may be put aside. */
export function isUnreadable(error: unknown): boolean {
  return troubleOf(error) === 'damaged' || primaryCode(error) === NOT_OURS;
}

export function begunAnew(path: string, aside: string, cause: unknown): OstlerError {
  return new OstlerError(`The file ${path} of the cache was damaged and has been begun anew.`, {
    code: 'storage',
    hint: `Nothing but answers to be given again was in it. It lies in ${aside} and may be removed.`,
    cause,
  });
}

function primaryCode(error: unknown): number {
  if (!(error instanceof Error) || !('errcode' in error)) return 0;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
}

function isNoSpace(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
