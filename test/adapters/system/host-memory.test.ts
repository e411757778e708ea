import { writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHostMemory } from '../../../adapters/system/host-memory.ts';
import { temporaryFolder } from '../../servers/ostler.ts';

async function meminfo(text: string): Promise<string> {
  const path = join(await temporaryFolder(), 'meminfo');
  await writeFile(path, text);
  return path;
}

describe('the RAM', () => {
  it('is what Linux says is available, the page cache with it', async () => {
    const lines = [
      'MemTotal:       16318412 kB',
      'MemFree:          201000 kB',
      'MemAvailable:    9012345 kB',
      '',
    ];
    const read = openHostMemory({ isLocal: true, meminfo: await meminfo(lines.join('\n')) });
    expect(await read()).toEqual({ totalBytes: 16_318_412 * 1_024, availableBytes: 9_012_345 * 1_024 });
  });

  it.each([
    ['an empty one', ''],
    ['an older one', 'MemTotal: 16318412 kB\nMemFree: 201000 kB\n'],
  ])('comes from elsewhere where meminfo is %s', async (_, text) => {
    const memory = await openHostMemory({ isLocal: true, meminfo: await meminfo(text) })();
    expect(memory?.totalBytes).toBe(totalmem());
    expect(memory?.availableBytes).toBeGreaterThan(0);
  });

  it('of a system without meminfo is known too', async () => {
    const memory = await openHostMemory({ isLocal: true, meminfo: '/nowhere' })();
    expect(memory?.totalBytes).toBe(totalmem());
  });

  it('of this machine is read', async () => {
    const memory = await openHostMemory({ isLocal: true })();
    expect(memory?.totalBytes).toBeGreaterThan(memory?.availableBytes ?? 0);
  });

  it('of another machine is not known', async () => {
    expect(await openHostMemory({ isLocal: false })()).toBeUndefined();
  });
});
