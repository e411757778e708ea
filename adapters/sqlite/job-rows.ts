import type { Job, NewJob } from '../../src/path/job.ts';
import type { Database } from './open-database.ts';

/** How long an ended id is refused, and how many of them are remembered. */
const rememberEndedMs = 2 * 24 * 3600 * 1000;
const rememberEnded = 20_000;
/** Old ids are removed at every so many ends, so many at a time. */
const endsPerPrune = 256;
const rowsPerPrune = 2_000;

export type JobRow = { readonly job: Job; readonly starts: number };

/** The queue's rows: what is durable of it. A row exists exactly as long as its job has not ended. */
export function jobRows(db: Database, wall: () => number) {
  const isEnded = db.durable.prepare('SELECT 1 FROM ended_jobs WHERE id = ? AND ended_at > ?');
  const insert = db.durable.prepare(
    'INSERT INTO jobs (id, body) VALUES (?, ?) ON CONFLICT (id) DO NOTHING RETURNING seq',
  );
  const update = db.durable.prepare('UPDATE jobs SET body = ? WHERE id = ?');
  const remove = db.durable.prepare('DELETE FROM jobs WHERE id = ?');
  const remember = db.durable.prepare('INSERT OR REPLACE INTO ended_jobs (id, ended_at) VALUES (?, ?)');
  const setStarts = db.quick.prepare('UPDATE jobs SET starts = ? WHERE id = ?');
  const prune = db.durable.prepare(
    `DELETE FROM ended_jobs WHERE id IN (
       SELECT id FROM ended_jobs WHERE ended_at <= ?1
       UNION SELECT id FROM (SELECT id FROM ended_jobs ORDER BY ended_at DESC LIMIT -1 OFFSET ${rememberEnded})
       LIMIT ${rowsPerPrune})`,
  );
  let ends = 0;

  return {
    /** Undefined where the id is queued or has ended not long ago. */
    add: ({ id, ...rest }: NewJob): Promise<Job | undefined> =>
      db.write(() => {
        if (isEnded.get(id, wall() - rememberEndedMs)) return undefined;
        const row = insert.get(id, JSON.stringify({ id, ...rest }));
        return row && { id, ...rest, seq: Number(row.seq) };
      }),
    replace: ({ seq: _, ...body }: Job): Promise<void> =>
      db.write(() => {
        update.run(JSON.stringify(body), body.id);
      }),
    end: (id: string): Promise<void> =>
      db.write(() => {
        remove.run(id);
        remember.run(id, wall());
        ends += 1;
        if (ends % endsPerPrune === 0) prune.run(wall() - rememberEndedMs);
      }),
    /** At once and without an fsync: a start that a power cut forgets is only a start not counted. */
    setStarts: (id: string, starts: number): void => {
      db.run(() => setStarts.run(starts, id));
    },
    /** Every job by `seq`. Rows that cannot be read are set aside in `damaged_jobs` and reported. */
    async load(onDamaged: (seq: number, cause: unknown) => void): Promise<readonly JobRow[]> {
      const jobs: JobRow[] = [];
      const damaged: number[] = [];
      for (const row of db.run(() => db.quick.prepare('SELECT * FROM jobs ORDER BY seq').all())) {
        try {
          jobs.push(parse(row));
        } catch (error) {
          damaged.push(Number(row.seq));
          onDamaged(Number(row.seq), error);
        }
      }
      if (damaged.length > 0) await setAside(db, damaged, wall());
      return jobs;
    },
  };
}

function setAside(db: Database, damaged: readonly number[], now: number): Promise<void> {
  const copy = db.durable.prepare(
    'INSERT OR REPLACE INTO damaged_jobs SELECT seq, id, starts, body, ? FROM jobs WHERE seq = ?',
  );
  const remove = db.durable.prepare('DELETE FROM jobs WHERE seq = ?');
  return db.write(() => {
    for (const seq of damaged) {
      copy.run(now, seq);
      remove.run(seq);
    }
  });
}

function parse(row: Readonly<Record<string, unknown>>): JobRow {
  const body: Partial<NewJob> | null = JSON.parse(String(row.body));
  if (body?.id !== row.id || !body?.message || !body.route || !body.conversation) {
    throw new Error('The row holds no job.');
  }
  return { job: { ...(body as NewJob), seq: Number(row.seq) }, starts: Number(row.starts) };
}
