import { makeJob, openStorage, type QueueKind } from './open-queue.ts';

// `node queue.child.ts KIND PLACE fill COUNT RUNNING` puts jobs into a queue, begins some, and waits for its
// own death; without more than KIND and PLACE it opens a queue and says how long that took.

const [kind = '', place = '', what = 'open', count = '0', running = '0'] = process.argv.slice(2);
const began = performance.now();
const { open } = await openStorage(kind as QueueKind, place);
const queue = await open(() => new Promise(() => undefined));
const jobs = await queue.jobs();
const ms = performance.now() - began;
if (what === 'fill') {
  const ids = Array.from({ length: Number(count) }, (_, at) => `job-${at}`);
  await Promise.all(ids.map((id) => queue.add(makeJob(id, 'any'))));
  for (const id of ids.slice(0, Number(running))) await queue.promote(id);
}
process.send?.({ ms, jobs: jobs.length });
if (what !== 'fill') process.exit();
