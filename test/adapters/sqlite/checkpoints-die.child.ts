import { parentPort } from 'node:worker_threads';

/** Dies at the first checkpoint. */
parentPort?.on('message', () => {
  throw new Error('a thread that dies');
});
