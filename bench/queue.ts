import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '../test/servers/redis.ts';
import { joinReports, type RunBench } from './bench.ts';
import { openStorage } from './open-queue.ts';
import { measureCancel } from './queue-cancel.ts';
import { measureReady, measureRecovery } from './queue-opening.ts';
import { measureWork } from './queue-work.ts';

export const run: RunBench = async (_, say) => {
  const folder = await mkdtemp(join(tmpdir(), 'ostler-bench-'));
  const redis = await startRedis({ appendOnly: true });
  try {
    say('ready, and after a kill');
    const opening = [
      await measureReady('sqlite', folder),
      await measureReady('redis', redis.url),
      await measureRecovery(),
    ];
    say('add to start, and jobs per second');
    const work = [
      await measureWork('sqlite', await openStorage('sqlite', folder)),
      await measureWork('redis', await openStorage('redis', redis.url)),
    ];
    say('cancel');
    const cancel = [await measureCancel('sqlite'), await measureCancel('redis', redis.url)];
    return joinReports([...opening, ...work, ...cancel]);
  } finally {
    await redis.dispose();
    await rm(folder, { recursive: true, force: true });
  }
};
