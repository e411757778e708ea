import { join } from 'node:path';
import { connectRedis } from '../../adapters/redis/connect.ts';
import { redisQueue } from '../../adapters/redis/queue.ts';
import { openDatabase } from '../../adapters/sqlite/open-database.ts';
import { takeOwnership } from '../../adapters/sqlite/owner-lock.ts';
import { sqliteQueue } from '../../adapters/sqlite/queue.ts';
import type { OpenQueue } from '../../src/ports/queue.ts';
import { jobNamed } from './queue-fixtures.ts';

// A process to be killed: `node queue.child.ts sqlite FOLDER` or `redis URL PREFIX`. Its job `ran` runs without
// end, its job `waited` waits; it says so to its parent.

async function openQueue(kind: string, place: string, prefix = ''): Promise<OpenQueue> {
  if (kind === 'redis') {
    const redis = await connectRedis({ url: place, prefix });
    return redisQueue(redis, { concurrency: 5, lockMs: 2_000, stallMs: 500 });
  }
  takeOwnership(place);
  return sqliteQueue(openDatabase(join(place, 'ostler.db')));
}

const [kind = '', place = '', prefix] = process.argv.slice(2);
const open = await openQueue(kind, place, prefix);
const queue = await open(() => {
  process.send?.('running');
  return new Promise(() => undefined);
});
await queue.add(jobNamed('ran'));
await queue.add(jobNamed('waited'));
await queue.promote('ran');
