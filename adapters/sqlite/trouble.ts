import { OstlerError } from '../../src/errors.ts';

/** SQLite's primary result codes: https://www.sqlite.org/rescode.html */
const advice: Readonly<Record<number, { what: string; hint: string; retryable?: boolean }>> = {
  3: { what: 'may not be opened', hint: 'Give the user that runs Ostler the right to read and write it.' },
  5: {
    what: 'is in use by another program',
    hint: 'Close the program that has it open, or wait until its backup is done.',
    retryable: true,
  },
  6: { what: 'is in use by another program', hint: 'Close the program that has it open.', retryable: true },
  8: {
    what: 'cannot be written',
    hint: 'Give the user that runs Ostler the right to write the folder and the file in it.',
  },
  10: { what: 'could not be read or written', hint: 'Check the disk: the system log says what failed.' },
  11: {
    what: 'is damaged',
    hint: 'Restore it from a backup, or move it away: Ostler then starts with an empty one.',
  },
  13: { what: 'is on a full disk', hint: 'Free some space; Ostler goes on by itself.', retryable: true },
  14: {
    what: 'cannot be opened',
    hint: 'Check that its folder exists, is a folder, and may be written by the user that runs Ostler.',
  },
  26: {
    what: 'is not a database of Ostler',
    hint: 'Move the file away: Ostler then starts with an empty one.',
  },
};

/** Turns what SQLite or the file system threw into an error that says what to do; ours pass unchanged. */
export function storageError(error: unknown, path: string): OstlerError {
  if (error instanceof OstlerError) return error;
  const known = advice[resultCode(error)];
  return new OstlerError(`The data file ${path} ${known?.what ?? 'could not be used'}.`, {
    code: 'storage',
    hint: known?.hint ?? (error instanceof Error ? error.message : String(error)),
    cause: error,
    retryable: known?.retryable ?? false,
  });
}

export function isBusy(error: unknown): boolean {
  return resultCode(error) === 5;
}

/** Whether SQLite or the file system threw this, rather than code of ours that ran within a transaction. */
export function isStorageTrouble(error: unknown): boolean {
  return resultCode(error) !== 0;
}

function resultCode(error: unknown): number {
  if (!(error instanceof Error)) return 0;
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 8;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 13;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'EEXIST') return 14;
  return 0;
}
