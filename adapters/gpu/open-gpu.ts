import { delimiter } from 'node:path';
import type { Gpu } from '../../src/ports/gpu.ts';
import { readAbsence } from './absence.ts';
import { readNvidiaSmi } from './nvidia-smi.ts';
import { readRocmSmi } from './rocm-smi.ts';
import { createRun } from './run.ts';
import { readSysfs } from './sysfs.ts';
import { withLimit } from './with-limit.ts';

/** A driver may have to wake the card first. */
const LIMIT_MS = 5_000;
/** Where the programs are that a service's PATH often leaves out: ROCm's, and those of WSL. */
const MORE_FOLDERS = ['/opt/rocm/bin', '/usr/lib/wsl/lib'];

type Options = {
  /** Whether Ollama runs on this machine: the GPUs of another one cannot be read. */
  readonly isLocal: boolean;
  /** Folders of programs, as in PATH. */
  readonly path?: string;
  /** What the kernel tells of devices. */
  readonly sys?: string;
  /** Longest time for each of the three. */
  readonly limitMs?: number;
};

/** nvidia-smi, else rocm-smi, else what the kernel tells: of its cards, or that there is none. */
export function openGpu({ isLocal, path, sys = '/sys', limitMs = LIMIT_MS }: Options): Gpu {
  const run = createRun(path ?? [process.env.PATH, ...MORE_FOLDERS].join(delimiter));
  const sources = [
    { source: 'nvidia-smi', read: withLimit(limitMs, (signal) => readNvidiaSmi(run, signal)) },
    { source: 'rocm-smi', read: withLimit(limitMs, (signal) => readRocmSmi(run, signal)) },
    { source: 'sysfs', read: withLimit(limitMs, (signal) => readSysfs(sys, signal)) },
    { source: 'sysfs', read: withLimit(limitMs, () => readAbsence(sys)) },
  ] as const;

  return async (signal) => {
    if (!isLocal) return undefined;
    for (const { source, read } of sources) {
      const card = await read(signal);
      if (signal.aborted) return undefined;
      if (card) return { ...card, source };
    }
    return undefined;
  };
}
