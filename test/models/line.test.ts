import { expect, it } from 'vitest';
import { createLine } from '../../src/models/line.ts';
import { jobOf } from '../fakes/job.ts';

const ids = (heads: readonly { readonly job: { readonly id: string } }[]) => heads.map(({ job }) => job.id);

it('only the first job of each chat is a head, oldest first', () => {
  const line = createLine();
  line.add(jobOf(1, 'web:one'), 0);
  line.add(jobOf(2, 'web:one'), 1);
  line.add(jobOf(3, 'web:two'), 2);
  expect(ids(line.heads(5))).toEqual(['job-1', 'job-3']);
});

it('a job is eligible from when everything before it in its chat has ended', () => {
  const line = createLine();
  line.add(jobOf(1, 'web:one'), 0);
  line.add(jobOf(2, 'web:one'), 1);
  line.add(jobOf(3, 'web:two'), 2);
  line.begin('job-1');
  expect(ids(line.heads(5))).toEqual(['job-3']);
  line.remove('job-1', 10);
  expect(line.heads(10).map(({ job, eligibleAt }) => [job.id, eligibleAt])).toEqual([
    ['job-3', 2],
    ['job-2', 10],
  ]);
});

it('the order within a chat is that of arrival, even if a job is heard of late', () => {
  const line = createLine();
  line.add(jobOf(2), 0);
  line.add(jobOf(1), 0);
  expect(ids(line.heads(0))).toEqual(['job-1']);
  expect(line.of('web:one').map(({ id }) => id)).toEqual(['job-1', 'job-2']);
});

it('a job that is given back keeps its place before the others of its chat, after its rest', () => {
  const line = createLine();
  line.add(jobOf(1), 0);
  line.add(jobOf(2), 0);
  line.begin('job-1');
  expect(line.running()).toBe(1);
  line.giveBack('job-1', 100, 50);
  expect(ids(line.heads(50))).toEqual([]);
  expect(line.nextRestEndsAt(50)).toBe(100);
  expect(ids(line.heads(100))).toEqual(['job-1']);
  expect(line.nextRestEndsAt(100)).toBeUndefined();
});

it('knows who waits, who runs and whether anybody is there', () => {
  const line = createLine();
  expect(line.isEmpty()).toBe(true);
  line.add(jobOf(1), 0);
  line.add(jobOf(1), 0);
  line.add(jobOf(2, 'web:two'), 0);
  line.begin('job-2');
  expect(line.waiting().map(({ id }) => id)).toEqual(['job-1']);
  expect([line.isRunning('job-1'), line.isRunning('job-2'), line.isRunning('job-3')]).toEqual([
    false,
    true,
    false,
  ]);
  line.remove('job-1', 0);
  line.remove('job-2', 0);
  expect(line.isEmpty()).toBe(true);
});
