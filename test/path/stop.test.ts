import { expect, it } from 'vitest';
import { createStop } from '../../src/path/stop.ts';
import { GRANT } from '../fakes/grant.ts';
import { jobOf } from '../fakes/job.ts';

type Over = 'settled' | 'returned';
type Setup = {
  readonly granted?: boolean;
  readonly cancel?: 'removed' | 'aborting' | 'gone';
  readonly overs?: readonly Over[];
  readonly settled?: boolean;
};

/** Stops one question of a queue that behaves like this; what was done, in order. */
async function stopped({ granted = true, cancel = 'aborting', overs = ['settled'], settled = true }: Setup) {
  const did: string[] = [];
  const left = [...overs];
  const stop = createStop({
    stable: {
      jobsOf: () => [jobOf(1)],
      grant: () => (granted ? GRANT : undefined),
      end: async () => void did.push('end'),
      whenOver: async () => left.shift() ?? 'settled',
    },
    queue: {
      async cancel() {
        did.push('cancel');
        return cancel;
      },
    },
    isSettled: async () => settled,
    endGone: async (_job, { kind }) => void did.push(`end gone as ${kind}`),
  });
  expect(await stop('web:one')).toBe(1);
  return did;
}

it.each<[string, Setup, readonly string[]]>([
  ['that waits is ended', { granted: false }, ['end']],
  ['that runs is aborted, and says itself how it ended', {}, ['cancel']],
  ['that came back and was begun again is aborted again', { overs: ['returned'] }, ['cancel', 'cancel']],
  [
    'whose beginning failed is told',
    { cancel: 'removed', settled: false },
    ['cancel', 'end gone as cancelled'],
  ],
  ['that the queue let go unheard is told', { settled: false }, ['cancel', 'end gone as cancelled']],
  ['that ended by itself meanwhile is left alone', { cancel: 'gone' }, ['cancel']],
])('a question %s', async (_name, setup, expected) => {
  expect(await stopped(setup)).toEqual(expected);
});
