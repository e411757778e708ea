import { expect, it } from 'vitest';
import type { Grant } from '../../src/models/grant.ts';
import { createLine, type Line } from '../../src/models/line.ts';
import { jobOf } from '../fakes/job.ts';

const ids = (places: readonly { readonly job: { readonly id: string } }[]) => places.map(({ job }) => job.id);

const GRANT: Grant = {
  model: 'a',
  digest: '',
  capabilities: [],
  contextLength: undefined,
  simulated: false,
  placement: { kind: 'model', model: 'a', reason: '' },
};

function begin(line: Line, id: string): void {
  Object.assign(line.find(id) ?? {}, { grant: GRANT });
}

it('only the first job of each chat is a head, oldest first', () => {
  const line = createLine();
  line.add(jobOf(1, 'web:one'), false, 0);
  line.add(jobOf(2, 'web:one'), false, 1);
  line.add(jobOf(3, 'web:two'), false, 2);
  expect(ids(line.heads(5))).toEqual(['job-1', 'job-3']);
});

it('a job is eligible from when everything before it in its chat has ended', () => {
  const line = createLine();
  line.add(jobOf(1, 'web:one'), false, 0);
  line.add(jobOf(2, 'web:one'), false, 1);
  line.add(jobOf(3, 'web:two'), false, 2);
  begin(line, 'job-1');
  expect(ids(line.heads(5))).toEqual(['job-3']);
  line.remove('job-1', 10);
  expect(line.heads(10).map(({ job, eligibleAt }) => [job.id, eligibleAt])).toEqual([
    ['job-3', 2],
    ['job-2', 10],
  ]);
});

it('the order within a chat is that of arrival, even if a job is heard of late', () => {
  const line = createLine();
  line.add(jobOf(2), false, 0);
  line.add(jobOf(1), false, 0);
  expect(ids(line.heads(0))).toEqual(['job-1']);
  expect(ids(line.of('web:one'))).toEqual(['job-1', 'job-2']);
  expect([...line.earlier()]).toEqual([
    ['job-1', 0],
    ['job-2', 1],
  ]);
});

it('a job that is given back keeps its place and its age, after its rest', () => {
  const line = createLine();
  line.add(jobOf(1), false, 7);
  line.add(jobOf(2), false, 8);
  begin(line, 'job-1');
  expect(line.running()).toBe(1);
  line.giveBack('job-1', 100);
  expect(ids(line.heads(50))).toEqual([]);
  expect(line.nextRestEndsAt(50)).toBe(100);
  expect(line.heads(100).map(({ job, eligibleAt }) => [job.id, eligibleAt])).toEqual([['job-1', 7]]);
  expect(line.nextRestEndsAt(100)).toBeUndefined();
});

it('a job that a killed process still holds blocks its chat until it is given back', () => {
  const line = createLine();
  line.add(jobOf(1), true, 0);
  line.add(jobOf(2), false, 0);
  expect(line.heads(0)).toEqual([]);
  expect(ids(line.waiting())).toEqual(['job-2']);
  line.giveBack('job-1', 0);
  expect(ids(line.heads(0))).toEqual(['job-1']);
});

it('a job that is about to end is neither begun nor told of', () => {
  const line = createLine();
  line.add(jobOf(1), false, 0);
  Object.assign(line.find('job-1') ?? {}, { ending: true });
  expect(line.heads(0)).toEqual([]);
  expect(line.waiting()).toEqual([]);
});

it('knows who waits, who runs and whether anybody is there', () => {
  const line = createLine();
  expect(line.isEmpty()).toBe(true);
  line.add(jobOf(1), false, 0);
  line.add(jobOf(1), false, 0);
  line.add(jobOf(2, 'web:two'), false, 0);
  begin(line, 'job-2');
  expect(ids(line.waiting())).toEqual(['job-1']);
  expect([line.running(), line.find('job-3')]).toEqual([1, undefined]);
  line.remove('job-1', 0);
  line.remove('job-2', 0);
  expect(line.isEmpty()).toBe(true);
});
