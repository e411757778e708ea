import { once } from 'node:events';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { QueuedJob } from '../../src/ports/queue.ts';
import type { QueueHome } from './queue-contract.ts';
import { heldProcessor, jobNamed, testOver } from './queue-fixtures.ts';

/** What the child of queue.child.ts is asked to do. `n` numbers the calls; a replacement brings `version n`. */
export type Call = { readonly n: number; readonly act: Act; readonly id: string };
export type Answer = { readonly n: number; readonly answer: unknown };
type Act = 'add' | 'promote' | 'replace' | 'cancel';

const ids = ['a', 'b', 'c'];
/** So many calls are made in one tick; the next ones follow when all are answered. */
const perWave = 5;
const weights: Readonly<Record<Act, number>> = { add: 5, replace: 8, promote: 1, cancel: 1 };
const calls = fc
  .array(
    fc.record({
      act: fc.oneof(
        ...Object.entries(weights).map(([act, weight]) => ({ weight, arbitrary: fc.constant(act as Act) })),
      ),
      id: fc.constantFrom(...ids),
    }),
    { minLength: 10, maxLength: 60 },
  )
  .map((series) => series.map((call, n): Call => ({ ...call, n })));

/** A process that is killed in the midst of its work leaves what it answered for. */
export function queueCrash(name: string, makeHome: () => Promise<QueueHome>, numRuns: number): void {
  it(`${name} holds what it answered for after each of ${numRuns} kills`, { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(calls, fc.nat(100), async (series, percent) => {
      const home = await makeHome();
      try {
        const answers = await answersBeforeKill(home, series, Math.floor((series.length * percent) / 100));
        const queue = await home.open(heldProcessor().process);
        const jobs = await queue.jobs();
        await queue.close(0, testOver);
        for (const id of ids) agree(series, answers, { id, job: jobs.find(({ job }) => job.id === id) });
      } finally {
        await home.dispose();
      }
    });
    await fc.assert(property, { numRuns, endOnFailure: true });
  });
}

/** Every answer that came before the child was dead; it is killed once there are so many. */
async function answersBeforeKill(
  home: QueueHome,
  series: readonly Call[],
  enough: number,
): Promise<ReadonlyMap<number, unknown>> {
  const answers = new Map<number, unknown>();
  const child = await home.startChild();
  const exited = once(child, 'exit');
  child.on('message', (message: Answer | string) => {
    if (typeof message === 'string') return;
    answers.set(message.n, message.answer);
    if (answers.size >= enough) child.kill('SIGKILL');
  });
  const waves = Array.from({ length: Math.ceil(series.length / perWave) }, (_, at) =>
    series.slice(at * perWave, (at + 1) * perWave),
  );
  child.send(waves);
  if (enough === 0) child.kill('SIGKILL');
  const [, signal] = await exited;
  expect(signal).toBe('SIGKILL');
  return answers;
}

/** What was not answered may have happened or not; what was answered has. */
function agree(
  series: readonly Call[],
  answers: ReadonlyMap<number, unknown>,
  { id, job }: { readonly id: string; readonly job: QueuedJob | undefined },
): void {
  const own = series.filter((call) => call.id === id);
  const given = (act: Act) => own.filter((call) => call.act === act).map(({ n }) => answers.get(n));
  if (given('cancel').includes('removed')) expect(job).toBeUndefined();
  else if (given('add').includes('added') && !given('cancel').includes(undefined)) expect(job).toBeDefined();
  if (!job) return;
  const replaced = own.filter(({ act }) => act === 'replace');
  const last = replaced.findLastIndex(({ n }) => answers.get(n) === true);
  const textAt = (at: number) => (at < 0 ? jobNamed(id).message.text : `version ${replaced[at]?.n}`);
  const later = [...replaced.keys()].filter((at) => at > last && !answers.has(replaced[at]?.n ?? -1));
  expect([last, ...later].map(textAt)).toContain(job.job.message.text);
}
