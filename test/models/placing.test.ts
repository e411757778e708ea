import { expect, it } from 'vitest';
import { createLine } from '../../src/models/line.ts';
import { createPlacing } from '../../src/models/placing.ts';
import { fakeClock } from '../fakes/clock.ts';
import { jobOf } from '../fakes/job.ts';

const FREE = { held: false, settled: false, gathersUntil: 0 };
const installed = ['a:latest', 'b:latest', 'c:latest'].map((tag) => ({ tag, capabilities: ['completion'] }));

it('which models are asked for is found in one look at what is in memory, however many ask', () => {
  const line = createLine();
  for (let seq = 0; seq < 100; seq += 1) {
    const model = ['a:latest', 'b:latest', 'c:latest'][seq % 3] ?? '';
    const route = { model, by: 'default', reason: '', standalone: false } as const;
    line.add(jobOf(seq, `web:${seq % 10}`, { route }), FREE, 0);
    const place = line.find(`job-${seq}`);
    // Whose person is asked first does not ask for it yet.
    if (place && model === 'c:latest')
      place.consent = { kind: 'asked', model, evict: ['a:latest'], until: 1 };
  }
  let looks = 0;
  const models = () => {
    looks += 1;
    return [];
  };
  const placing = createPlacing({
    line,
    state: { memory: { models }, inventory: { list: () => installed } } as never,
    clock: fakeClock(),
    settings: () => ({ routing: { models: [], rules: [], default: null } }) as never,
  });
  expect(placing.expected()).toEqual(new Set(['a:latest', 'b:latest']));
  expect(looks).toBe(1);
});
