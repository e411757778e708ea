import { expect, it } from 'vitest';
import { skippableTime } from '../fakes/skippable-time.ts';
import {
  ask,
  CODE,
  LARGE,
  loadElsewhere,
  loads,
  type Ollama,
  open,
  ordered,
  passUntil,
  residents,
  SMALL,
} from './stable-house.ts';

const HOUR_MS = 3_600_000;

function failNext(ollama: Ollama, model: string, times: number): void {
  for (let count = 0; count < times; count += 1) ollama.inject({ type: 'load-fails', model, how: 'killed' });
}

const stateOf = ({ front }: Awaited<ReturnType<typeof open>>['ostler'], tag: string) => {
  const { state, reason } = front.status().models.find((model) => model.tag === tag) ?? {};
  return { state, reason };
};

it('an order whose load fails is tried again, and says so', async () => {
  const time = skippableTime();
  const { ollama, ostler } = await open();
  failNext(ollama, CODE, 2);
  const order = await ordered(ostler, CODE);
  const waits = () =>
    order.told.some(({ type, ...event }) => type === 'progress' && JSON.stringify(event).includes('"retry"'));
  while (!waits()) await new Promise((resolve) => setImmediate(resolve));
  expect(stateOf(ostler, CODE).state).not.toBe('failed');
  await passUntil(time, () => residents(ollama).includes(CODE));
  expect(await order.end).toMatchObject({ type: 'loaded', model: CODE, already: false });
  expect(loads(ollama)).toEqual([CODE, CODE, CODE]);
});

it('an order is given up after as many attempts as a question, with the reason', async () => {
  const time = skippableTime();
  const { ollama, ostler } = await open();
  await ostler.ask('hello');
  failNext(ollama, CODE, 3);
  const order = await ordered(ostler, CODE);
  await passUntil(time, () => order.told.at(-1)?.type === 'failed');
  expect(await order.end).toMatchObject({ failure: { code: 'load_failed' }, gone: [LARGE] });
  expect(loads(ollama).filter((model) => model === CODE)).toHaveLength(3);
  expect(stateOf(ostler, CODE)).toMatchObject({ state: 'failed', reason: expect.any(String) });
  await passUntil(time, () => residents(ollama).join() === LARGE);
});

it('failures of an hour ago do not count', async () => {
  const time = skippableTime();
  const { ollama, ostler } = await open();
  failNext(ollama, CODE, 3);
  expect(await ask(time, ostler, 'some code', CODE)).toMatchObject({ kind: 'failure' });
  time.skip(HOUR_MS);
  failNext(ollama, CODE, 1);
  expect(await ask(time, ostler, 'more code', CODE)).toMatchObject({ kind: 'answer' });
});

it('a model that is in memory after all has not failed', async () => {
  const { ollama, ostler } = await open({ max_retries: 0 });
  failNext(ollama, SMALL, 1);
  const order = await ordered(ostler, SMALL);
  expect(await order.end).toMatchObject({ type: 'failed' });
  expect(stateOf(ostler, SMALL).state).toBe('failed');
  await loadElsewhere(ollama, SMALL, { options: { num_ctx: 4_096 } });
  await ostler.front.resync();
  expect(stateOf(ostler, SMALL)).toEqual({ state: 'ready', reason: undefined });
  await ostler.front.unload(SMALL);
  await ollama.until(() => residents(ollama).length === 0);
  await ostler.front.resync();
  expect(stateOf(ostler, SMALL).state).toBe('not_loaded');
});
