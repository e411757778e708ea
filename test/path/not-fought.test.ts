import { describe, expect, it } from 'vitest';
import { skippableTime } from '../fakes/skippable-time.ts';
import {
  ADA,
  askAsOther,
  asked,
  CODE,
  HERE,
  LARGE,
  loads,
  open,
  ordered,
  passUntil,
  residents,
  SMALL,
  unloads,
  until,
} from './stable-house.ts';

const MINUTE_MS = 60_000;

/** So long, in steps of a few seconds. */
function passFor(time: ReturnType<typeof skippableTime>, ms: number) {
  const end = time.now() + ms;
  return passUntil({ skip: () => time.skip(5_000) }, () => time.now() >= end);
}

describe('what another client uses', () => {
  it('makes no room for the default model, as long as it is used', async () => {
    const time = skippableTime();
    const { ollama, ostler } = await open({ return_to_default_minutes: 1 });
    await ostler.ask('hello');
    await ostler.ask('some code', { model: CODE });
    // What we do shows for a moment.
    time.skip(2_000);
    await ostler.front.resync();
    await (await askAsOther(ollama, CODE)).end();
    await ostler.front.resync();
    await passFor(time, 4 * MINUTE_MS);
    expect(unloads(ollama)).toEqual([LARGE]);
    await passUntil(time, () => residents(ollama).join() === LARGE);
  });

  it('comes back where it was told to leave, stayed, and left later', async () => {
    const time = skippableTime();
    const { ollama, ostler } = await open({ max_retries: 0 });
    await ostler.ask('hello');
    const other = await askAsOther(ollama, LARGE);
    const order = await ordered(ostler, CODE);
    let isOver = false;
    void order.end.then(() => {
      isOver = true;
    });
    await passUntil(time, () => isOver);
    expect(await order.end).toMatchObject({ type: 'failed', gone: [], leaving: [LARGE] });
    await other.end();
    await until(ollama);
    await passUntil(time, () => residents(ollama).join() === LARGE);
    expect(loads(ollama)).toEqual([LARGE, LARGE]);
  });
});

it('what made room for a load that failed is tried again where it does not come back at once', async () => {
  const time = skippableTime();
  const { ollama, ostler } = await open({ max_retries: 0 });
  await ostler.ask('hello');
  for (const model of [CODE, LARGE]) ollama.inject({ type: 'load-fails', model, how: 'killed' });
  const order = await ordered(ostler, CODE);
  expect(await order.end).toMatchObject({ type: 'failed', gone: [LARGE] });
  await ollama.until(() => loads(ollama).length === 3);
  await passUntil(time, () => residents(ollama).join() === LARGE);
});

describe('nobody is asked about what is only good to have', () => {
  it('so that nothing leaves for it where people are asked', async () => {
    const time = skippableTime();
    const { ollama, ostler } = await open({
      memory: { vram_gb: 24, auto_unload: false },
      return_to_default_minutes: 1,
    });
    await ostler.ask('hello');
    const followed = ostler.follow();
    const { job } = await ostler.send('some code', { model: CODE, person: ADA });
    const asks = await asked(followed);
    await ostler.front.agree(HERE, job, { choice: 'switch', question: asks.id }, ADA.id);
    await followed.outcome(job);
    await ostler.front.pin(LARGE, true);
    await passFor(time, 5 * MINUTE_MS);
    expect(residents(ollama)).toEqual([CODE]);
  });

  it('nor does it come in part where that is not allowed', async () => {
    const { ollama } = await open({
      memory: { vram_gb: 10, allow_spill: false },
      preload: [LARGE, SMALL],
    });
    await until(ollama, SMALL);
    expect(loads(ollama)).toEqual([SMALL]);
  });
});
