import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../adapters/sqlite/open-database.ts';
import { sqliteQueue } from '../../../adapters/sqlite/queue.ts';
import type { OstlerError } from '../../../src/errors.ts';
import { begin, heldProcessor, jobNamed, listed, testOver, watch } from '../../contract/queue-fixtures.ts';

const twoDaysMs = 2 * 24 * 3600 * 1000;

describe('the queue on a file', () => {
  let folder: string;
  let db: Database;
  let now: number;
  let errors: OstlerError[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ostler-queue-'));
    db = openDatabase(join(folder, 'ostler.db'));
    now = 1_700_000_000_000;
    errors = [];
  });
  afterEach(async () => {
    db.close();
    await rm(folder, { recursive: true, force: true });
  });
  const open = (processor = heldProcessor()) =>
    sqliteQueue(db, { onError: (error) => errors.push(error), wall: () => now })(processor.process);

  it('starts in spite of rows that it cannot read, sets them aside and tells of them', async () => {
    const queue = await open();
    for (const id of ['a', 'b', 'c', 'd']) await queue.add(jobNamed(id));
    await queue.close(0, testOver);
    db.durable.exec(`UPDATE jobs SET body = '{"id":' WHERE id = 'b'`);
    db.durable.exec(`UPDATE jobs SET body = 'null' WHERE id = 'c'`);
    const again = await open();
    expect(await listed(again)).toEqual(['a waiting 0', 'd waiting 0']);
    expect(errors.map(({ code }) => code)).toEqual(['storage', 'storage']);
    expect(db.quick.prepare('SELECT id FROM damaged_jobs ORDER BY seq').all()).toEqual([
      { id: 'b' },
      { id: 'c' },
    ]);
    expect(await again.add(jobNamed('b'))).toBe('added');
  });

  it('takes an id again two days after its end', async () => {
    const queue = await open();
    await queue.add(jobNamed('a'));
    await queue.cancel('a', 'unwanted');
    now += twoDaysMs - 1;
    expect(await queue.add(jobNamed('a'))).toBe('duplicate');
    now += 1;
    expect(await queue.add(jobNamed('a'))).toBe('added');
  });

  it('forgets ended ids that are older than two days', async () => {
    const queue = await open();
    const addAndCancel = async (id: string) => {
      await queue.add(jobNamed(id));
      await queue.cancel(id, 'unwanted');
    };
    await Promise.all(Array.from({ length: 200 }, (_, i) => addAndCancel(`old${i}`)));
    now += twoDaysMs;
    await Promise.all(Array.from({ length: 56 }, (_, i) => addAndCancel(`new${i}`)));
    expect(db.quick.prepare('SELECT count(*) AS n FROM ended_jobs').get()).toEqual({ n: 56 });
  });

  it('tells of a processor that threw', async () => {
    const processor = heldProcessor();
    const queue = await open(processor);
    const seen = watch(queue);
    await queue.add(jobNamed('a'));
    const cause = new Error('the processor broke');
    (await begin(queue, processor, 'a')).fail(cause);
    await seen.told('ended', 'a');
    expect(errors).toMatchObject([{ code: 'internal', cause }]);
  });

  it('writes an end that did not fit on the disk once there is room', async () => {
    const processor = heldProcessor();
    const queue = await open(processor);
    const seen = watch(queue);
    await queue.add(jobNamed('a'));
    const run = await begin(queue, processor, 'a');
    const other = openDatabase(db.path);
    other.durable.exec('BEGIN IMMEDIATE');
    const told = new Promise<void>((resolve) => {
      errors.push = (...items) => {
        resolve();
        return Array.prototype.push.apply(errors, items);
      };
    });
    run.finish('done');
    await told;
    expect(await listed(queue)).toEqual(['a running 1']);
    other.durable.exec('ROLLBACK');
    other.close();
    await seen.told('ended', 'a');
    expect(await queue.jobs()).toEqual([]);
    expect(errors[0]).toMatchObject({ code: 'storage', retryable: true });
  });
});
