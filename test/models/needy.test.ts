import { expect, it } from 'vitest';
import { createLine } from '../../src/models/line.ts';
import { createCounting, findNeedy } from '../../src/models/needy.ts';
import { fakeClock } from '../fakes/clock.ts';
import { jobOf } from '../fakes/job.ts';

const FREE = { held: false, settled: false, gathersUntil: 0 };

function open() {
  const clock = fakeClock();
  const line = createLine();
  line.add(jobOf(1), FREE, 0);
  const counted: string[] = [];
  const needy = () => findNeedy(line, () => true, clock.now());
  const count = createCounting({
    needy,
    clock,
    arrivals: { note: (model) => void counted.push(model) },
    memory: { isReady: () => true },
    onDemand: () => {},
  });
  const place = (model: string) =>
    Object.assign(line.find('job-1') ?? {}, { placement: { kind: 'model', model, reason: '' } });
  return { line, counted, needy, count, place };
}

it('a question is counted once for the model that it waits for, and not for being looked at', () => {
  const { counted, needy, count, place } = open();
  place('a');
  expect(needy()).toMatchObject([{ model: 'a', head: { job: { id: 'job-1' }, countedFor: undefined } }]);
  expect(counted).toEqual([]);
  count();
  count();
  expect(counted).toEqual(['a']);
  place('b');
  count();
  expect(counted).toEqual(['a', 'b']);
});
