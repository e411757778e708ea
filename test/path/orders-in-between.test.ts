import { expect, it } from 'vitest';
import { skippableTime } from '../fakes/skippable-time.ts';
import { simulatedOllama, testOstler } from '../servers/ostler.ts';
import {
  CODE,
  LARGE,
  loads,
  MEMORY,
  MODELS,
  open,
  ordered,
  passUntil,
  SMALL,
  unloads,
} from './stable-house.ts';

it('an order is refused while Ostler stops', async () => {
  const { ollama, ostler } = await open();
  const hold = ollama.hold({ at: 'generation' });
  void ostler.ask('hello');
  await hold.reached;
  const closed = ostler.close();
  await expect(ordered(ostler, CODE)).rejects.toMatchObject({ code: 'stopping' });
  hold.release();
  await closed;
});

it('who orders another model is told that the load is given up which only the older order still wanted', async () => {
  const ollama = await simulatedOllama();
  const hold = ollama.hold({ at: 'load', model: CODE });
  const ostler = await testOstler(ollama, {
    llm: { models: MODELS, routing: { default: LARGE }, memory: MEMORY, preload: [CODE] },
  });
  await hold.reached;
  const first = await ordered(ostler, CODE);
  const second = await ordered(ostler, SMALL);
  expect(await first.end).toMatchObject({ type: 'cancelled', replacedBy: SMALL, goesOn: false });
  expect(await second.end).toMatchObject({ type: 'loaded' });
  hold.release();
});

it('what is being loaded for an order is not unloaded, and that is said', async () => {
  const { ollama, ostler } = await open();
  const hold = ollama.hold({ at: 'load', model: CODE });
  const order = await ordered(ostler, CODE);
  await hold.reached;
  expect(() => ostler.front.unload(CODE)).toThrow(
    expect.objectContaining({
      code: 'bad_input',
      message: `${CODE} is being loaded for whoever ordered it.`,
    }),
  );
  hold.release();
  expect(await order.end).toMatchObject({ type: 'loaded' });
  expect([loads(ollama), unloads(ollama)]).toEqual([[CODE], []]);
});

it('an order that waits for room ends when its model was deleted', async () => {
  const time = skippableTime();
  const { ollama, ostler } = await open({ memory: { ...MEMORY, preserve_models: [SMALL] } });
  await ostler.ask('hello', { model: SMALL });
  const order = await ordered(ostler, LARGE);
  await expect.poll(() => order.told.length).toBeGreaterThan(0);
  ollama.deleteModel(LARGE);
  await passUntil(time, () => order.told.at(-1)?.type !== 'progress');
  expect(await order.end).toMatchObject({ type: 'failed', failure: { code: 'not_installed' } });
});
