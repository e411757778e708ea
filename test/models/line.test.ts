import { expect, it } from 'vitest';
import { createLine, type Line } from '../../src/models/line.ts';
import { GRANT } from '../fakes/grant.ts';
import { jobOf } from '../fakes/job.ts';

const ids = (places: readonly { readonly job: { readonly id: string } }[]) => places.map(({ job }) => job.id);

const FREE = { held: false, settled: false, gathersUntil: 0 };
const HELD = { ...FREE, held: true };

function begin(line: Line, id: string): void {
  Object.assign(line.find(id) ?? {}, { grant: GRANT });
}

it('only the first job of each chat is a head, oldest first', () => {
  const line = createLine();
  line.add(jobOf(1, 'web:one'), FREE, 0);
  line.add(jobOf(2, 'web:one'), FREE, 1);
  line.add(jobOf(3, 'web:two'), FREE, 2);
  expect(ids(line.heads(5))).toEqual(['job-1', 'job-3']);
});

it('a job is eligible from when everything before it in its chat has ended', () => {
  const line = createLine();
  line.add(jobOf(1, 'web:one'), FREE, 0);
  line.add(jobOf(2, 'web:one'), FREE, 1);
  line.add(jobOf(3, 'web:two'), FREE, 2);
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
  line.add(jobOf(2), FREE, 0);
  line.add(jobOf(1), FREE, 0);
  expect(ids(line.heads(0))).toEqual(['job-1']);
  expect(ids(line.of('web:one'))).toEqual(['job-1', 'job-2']);
  expect([...line.earlier()]).toEqual([
    ['job-1', 0],
    ['job-2', 1],
  ]);
});

it('a job that is given back keeps its place and its age, after its rest', () => {
  const line = createLine();
  line.add(jobOf(1), FREE, 7);
  line.add(jobOf(2), FREE, 8);
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
  line.add(jobOf(1), HELD, 0);
  line.add(jobOf(2), FREE, 0);
  expect(line.heads(0)).toEqual([]);
  expect(ids(line.waiting())).toEqual(['job-2']);
  line.giveBack('job-1', 0);
  expect(ids(line.heads(0))).toEqual(['job-1']);
});

it('a job that is about to end is neither begun nor told of', () => {
  const line = createLine();
  line.add(jobOf(1), FREE, 0);
  Object.assign(line.find('job-1') ?? {}, { ending: true });
  expect(line.heads(0)).toEqual([]);
  expect(line.waiting()).toEqual([]);
});

it('knows who waits, who runs and whether anybody is there', () => {
  const line = createLine();
  expect(line.isEmpty()).toBe(true);
  line.add(jobOf(1), FREE, 0);
  line.add(jobOf(1), FREE, 0);
  line.add(jobOf(2, 'web:two'), FREE, 0);
  begin(line, 'job-2');
  expect(ids(line.waiting())).toEqual(['job-1']);
  expect([line.running(), line.find('job-3')]).toEqual([1, undefined]);
  line.remove('job-1', 0);
  line.remove('job-2', 0);
  expect(line.isEmpty()).toBe(true);
});

it('a job that more may be joined to is no head before that time is over', () => {
  const line = createLine();
  line.add(jobOf(1), { ...FREE, gathersUntil: 600 }, 0);
  line.add(jobOf(2), FREE, 0);
  expect(line.heads(599)).toEqual([]);
  expect(line.nextRestEndsAt(599)).toBe(600);
  const joined = jobOf(1, 'web:one', { message: { ...jobOf(1).message, text: 'with more' } });
  line.change(joined, 1_200);
  expect(line.heads(600)).toEqual([]);
  expect(line.heads(1_200).map(({ job }) => job.message.text)).toEqual(['with more']);
});

it('a changed message is looked at anew, but one that is just being begun keeps its model', () => {
  const line = createLine();
  line.add(jobOf(1), FREE, 0);
  Object.assign(line.find('job-1') ?? {}, { told: 'something', placement: GRANT.placement });
  line.change(jobOf(1), 0);
  expect(line.find('job-1')).toMatchObject({ told: '', placement: undefined });
  begin(line, 'job-1');
  line.change(jobOf(1), 0);
  expect(line.find('job-1')?.grant).toBe(GRANT);
});

it('a settled job takes no model, holds up its chat, and is delivered once more where that failed', () => {
  const line = createLine();
  line.add(jobOf(1), FREE, 0);
  line.add(jobOf(2), FREE, 0);
  begin(line, 'job-1');
  expect(line.settle('job-1', 10)).toBe(true);
  expect(line.running()).toBe(0);
  expect(line.heads(10)).toEqual([]);
  expect(line.undelivered(10)).toEqual([]);
  line.giveBack('job-1', 5_000);
  expect(line.undelivered(4_999)).toEqual([]);
  expect(ids(line.undelivered(5_000))).toEqual(['job-1']);
  expect(ids(line.waiting())).toEqual(['job-2']);
  line.remove('job-1', 6_000);
  expect(ids(line.heads(6_000))).toEqual(['job-2']);
});

it('the time behind an outcome that could not be delivered is no waiting', () => {
  const line = createLine();
  for (const seq of [1, 2]) line.add(jobOf(seq), FREE, 0);
  const second = line.find('job-2');
  if (!second) throw new Error('It was added.');
  expect(line.isHeldUp(second)).toBe(false);
  line.settle('job-1', 1_000);
  expect(line.isHeldUp(second)).toBe(true);
  line.add(jobOf(3), FREE, 4_000);
  line.remove('job-1', 9_000);
  expect(line.isHeldUp(second)).toBe(false);
  expect([second.heldUpMs, line.find('job-3')?.heldUpMs]).toEqual([8_000, 5_000]);
});

it('outcomes of a chat are delivered one after the other, in the order of their questions', () => {
  const line = createLine();
  for (const seq of [1, 2, 3]) line.add(jobOf(seq), FREE, 0);
  line.settle('job-1', 0);
  line.giveBack('job-1', 100);
  expect(line.settle('job-2', 50)).toBe(false);
  expect(line.undelivered(50)).toEqual([]);
  expect(ids(line.undelivered(100))).toEqual(['job-1']);
  Object.assign(line.find('job-1') ?? {}, { delivering: true });
  expect(line.undelivered(100)).toEqual([]);
  line.remove('job-1', 100);
  expect(ids(line.undelivered(100))).toEqual(['job-2']);
});

it('a question is not begun before its pictures are there', () => {
  const line = createLine();
  const { message } = jobOf(1);
  const remoteImages = [{ id: 'a picture', mediaType: 'image/png' }];
  line.add(jobOf(1, 'web:one', { message: { ...message, remoteImages } }), FREE, 0);
  expect(line.heads(0)).toEqual([]);
  line.change(jobOf(1, 'web:one', { message: { ...message, remoteImages: [] } }), 0);
  expect(ids(line.heads(0))).toEqual(['job-1']);
});
