import { expect, it } from 'vitest';
import { OstlerError } from '../../src/errors.ts';
import { createConsents } from '../../src/models/consents.ts';
import { createEnding } from '../../src/models/ending.ts';
import { createLine } from '../../src/models/line.ts';
import { fakeClock } from '../fakes/clock.ts';
import { jobOf } from '../fakes/job.ts';
import { quietPorts } from '../fakes/quiet-ports.ts';

it('whoever never agreed is told again after a while where that could not be kept, not at once', async () => {
  const clock = fakeClock();
  const line = createLine();
  line.add(jobOf(1), { held: false, settled: false, gathersUntil: 0 }, 0);
  Object.assign(line.find('job-1') ?? {}, { placement: { kind: 'model', model: 'a:latest', reason: '' } });
  let tries = 0;
  let failed = Promise.withResolvers<void>();
  const ending = createEnding({
    line,
    clock,
    state: { away: () => undefined },
    // Logged once it rests.
    logger: { ...quietPorts().logger, error: () => failed.resolve() },
    async keepOutcome() {
      tries += 1;
      throw new OstlerError('The disk is full.', { code: 'storage' });
    },
    wake: () => {},
  });
  const consents = createConsents({ line, clock, giveUp: ending.giveUp });
  consents.ask('job-1', ['b:latest']);
  clock.advance(consents.nextAt() ?? 0);
  consents.expire();
  await failed.promise;
  consents.expire();
  expect([tries, consents.nextAt()]).toEqual([1, undefined]);
  failed = Promise.withResolvers();
  clock.advance((line.nextRestEndsAt(clock.now()) ?? 0) - clock.now());
  consents.expire();
  await failed.promise;
  expect(tries).toBe(2);
});
