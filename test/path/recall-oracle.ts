import { expect } from 'vitest';
import type { Job } from '../../src/path/job.ts';
import type { Prepared } from '../../src/path/prepare.ts';
import { type createWorld, versionOf } from './recall-world.ts';

type World = Pick<ReturnType<typeof createWorld>, 'ownerOf' | 'versionOf'>;

/** One answer of a model. Times are numbers of steps. */
export type Made = {
  readonly number: number;
  readonly job: Job;
  /** What was sent, to which model, for whom; for whom may have changed while it was begun. */
  readonly versions: readonly string[];
  readonly begunAt: number;
  endedAt: number;
  done: 'no' | 'whole' | 'cut' | 'failed';
};

/** What was kept until then is given no more. */
type Voided = { readonly at: number; readonly hits: (made: Made, asker: Job) => boolean };

/**
 * Knows which answers may be given: a whole one to exactly what would have been asked for the same people, at some
 * moment since it was looked for, and not one from before its like was removed.
 */
export function createOracle(world: World) {
  const made: Made[] = [];
  const voided: Voided[] = [];
  /** Of those who look, what would have been sent for them since they began to. */
  const looking = new Map<Job, Set<string>>();
  let time = 0;
  let seeing = Promise.resolve();

  async function see(job: Job, seen: Set<string>): Promise<void> {
    if (world.ownerOf(job) !== undefined) seen.add(await world.versionOf(job));
  }

  function check(number: string, asker: Job, askedAt: number, seen: ReadonlySet<string>): void {
    const one = made[Number(number)];
    expect(one?.done).toBe('whole');
    if (!one) return;
    const { message } = asker;
    expect(message.cache?.read).toBeUndefined();
    expect([...seen].filter((version) => one.versions.includes(version))).toHaveLength(1);
    // What nobody may keep is for those only who waited for it.
    if (one.job.message.cache?.keep === false) expect(one.endedAt).toBeGreaterThanOrEqual(askedAt);
    for (const { at, hits } of voided)
      if (at < askedAt && hits(one, asker)) expect(one.begunAt).toBeGreaterThanOrEqual(at);
  }

  function drop(versions: readonly string[]): void {
    voided.push({ at: time, hits: (one) => versions.some((version) => one.versions.includes(version)) });
  }

  return {
    tick: () => {
      time += 1;
    },
    /** Something that answers depend on has changed. */
    look(): Promise<void> {
      seeing = Promise.all([...looking].map(([job, seen]) => see(job, seen))).then(() => {});
      return seeing;
    },
    /** A job is looked for from now on. */
    async watch(job: Job) {
      const seen = new Set<string>();
      const askedAt = time;
      looking.set(job, seen);
      await see(job, seen);
      const end = () => void looking.delete(job);
      return {
        end,
        async check(number: string) {
          // It may have been given what is right since a moment ago.
          await seeing;
          end();
          check(number, job, askedAt, seen);
        },
      };
    },
    begin(job: Job, owners: readonly (string | undefined)[], digest: string, prepared: Prepared): Made {
      const versions = owners.flatMap((owner) =>
        owner === undefined ? [] : [versionOf(owner, digest, prepared)],
      );
      // Who asks afresh wants nobody to be given the old one.
      const { read, keep } = job.message.cache ?? {};
      if (read === false && keep !== false) drop(versions);
      const one: Made = {
        number: made.length,
        job,
        versions,
        begunAt: time,
        endedAt: Number.POSITIVE_INFINITY,
        done: 'no',
      };
      made.push(one);
      return one;
    },
    end(one: Made, done: Made['done']): void {
      one.done = done;
      one.endedAt = time;
    },
    drop(job: Job, digest: string, prepared: Prepared): void {
      drop([versionOf(world.ownerOf(job), digest, prepared)]);
    },
    clear(): void {
      voided.push({ at: time, hits: () => true });
    },
    forget(person: string, chat: string): void {
      voided.push({
        at: time,
        hits: ({ versions, job: { message } }, asker) =>
          // Everybody's says nothing of a person or a chat.
          !versions.some((version) => version.startsWith('["everybody"')) &&
          asker.message.person.id === person &&
          (message.person.id === person || message.address.chat === chat),
      });
    },
  };
}
