import { readFile } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import type { HostMemory, RamMemory } from '../../src/ports/host-memory.ts';

const BYTES_PER_KB = 1_024;

type Options = {
  /** Whether Ollama runs on this machine: the RAM of another one cannot be read. */
  readonly isLocal: boolean;
  /** Linux tells there what is available (proc_meminfo(5)); other systems tell less. */
  readonly meminfo?: string;
};

export function openHostMemory({ isLocal, meminfo = '/proc/meminfo' }: Options): HostMemory {
  return async () => {
    if (!isLocal) return undefined;
    const text = await readFile(meminfo, 'utf8').catch(() => '');
    return parseMeminfo(text) ?? { totalBytes: totalmem(), availableBytes: freemem() };
  };
}

function parseMeminfo(text: string): RamMemory | undefined {
  const totalBytes = bytesOf('MemTotal', text);
  const availableBytes = bytesOf('MemAvailable', text);
  return totalBytes && availableBytes !== undefined ? { totalBytes, availableBytes } : undefined;
}

/** Lines such as `MemTotal:       16318412 kB`, in which a kB has 1,024 bytes. */
function bytesOf(name: string, text: string): number | undefined {
  const [, kilobytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) * BYTES_PER_KB;
}
