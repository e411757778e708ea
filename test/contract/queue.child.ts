import { once } from 'node:events';
import { join } from 'node:path';
import { connectRedis } from '../../adapters/redis/connect.ts';
import { redisQueue } from '../../adapters/redis/queue.ts';
import { openDatabase } from '../../adapters/sqlite/open-database.ts';
import { takeOwnership } from '../../adapters/sqlite/owner-lock.ts';
import { sqliteQueue } from '../../adapters/sqlite/queue.ts';
import type { OpenQueue } from '../../src/ports/queue.ts';
import type { Answer, Call } from './queue-crash.ts';
import { edited, jobNamed } from './queue-fixtures.ts';

// A process to be killed: `node queue.child.ts sqlite FOLDER` or `redis URL PREFIX`. Its job `ran` runs without
// end, its job `waited` waits with another text than it came with; it says so to its parent. Then it makes the
// calls that its parent sends and tells the answers.

async function openQueue(kind: string, place: string, prefix = ''): Promise<OpenQueue> {
  if (kind === 'redis') {
    const redis = await connectRedis({ url: place, prefix });
    return redisQueue(redis, { concurrency: 5, lockMs: 2_000, stallMs: 500 });
  }
  takeOwnership(place);
  return sqliteQueue(openDatabase(join(place, 'ostler.db')));
}

const asked = once(process, 'message') as Promise<[readonly (readonly Call[])[]]>;
const [kind = '', place = '', prefix] = process.argv.slice(2);
const open = await openQueue(kind, place, prefix);
const queue = await open((job) => {
  if (job.id === 'ran') process.send?.('running');
  return new Promise(() => undefined);
});

function answerTo({ act, id, n }: Call): Promise<unknown> {
  if (act === 'add') return queue.add(jobNamed(id));
  if (act === 'promote') return queue.promote(id);
  if (act === 'cancel') return queue.cancel(id, 'unwanted');
  return queue.replace(id, edited(id, `version ${n}`));
}

async function make(call: Call): Promise<void> {
  const answer: Answer = { n: call.n, answer: await answerTo(call) };
  process.send?.(answer);
}

await queue.add(jobNamed('ran'));
await queue.add(jobNamed('waited'));
await queue.replace('waited', edited('waited', 'What was meant?'));
await queue.promote('ran');
const [waves] = await asked;
// Only its parent ends it.
process.channel?.ref();
for (const wave of waves) await Promise.all(wave.map(make));
