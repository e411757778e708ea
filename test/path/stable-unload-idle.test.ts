import { describe, expect, it } from 'vitest';
import { skippableTime } from '../fakes/skippable-time.ts';
import {
  ADA,
  CODE,
  HERE,
  LARGE,
  loads,
  open,
  ordered,
  passUntil,
  residents,
  SMALL,
  until,
} from './stable-house.ts';

const NONE = { cache: { type: 'none' }, routing: { default: SMALL } };

describe('where idle models are unloaded at once', () => {
  it('a model answers all questions of a chat before it goes', async () => {
    const { ollama, ostler } = await open(NONE);
    const hold = ollama.hold({ at: 'generation' });
    const followed = ostler.follow();
    const first = await ostler.send('one');
    await hold.reached;
    const others = [await ostler.send('two'), await ostler.send('three')];
    hold.release();
    for (const { job } of [first, ...others]) await followed.outcome(job);
    await until(ollama);
    expect(loads(ollama)).toEqual([SMALL]);
  });

  it('a model makes room though its chat will ask for it again after another one', async () => {
    const { ollama, ostler } = await open(NONE);
    const hold = ollama.hold({ at: 'generation' });
    const followed = ostler.follow();
    const first = await ostler.send('one');
    await hold.reached;
    const others = [await ostler.send('two', { model: CODE }), await ostler.send('three')];
    hold.release();
    for (const { job } of [first, ...others]) await followed.outcome(job);
    await until(ollama);
    expect(loads(ollama)).toEqual([SMALL, CODE, SMALL]);
  });

  it('what was ordered stays for as long as a visit may take, and goes then', async () => {
    const time = skippableTime();
    const { ollama, ostler } = await open(NONE);
    const order = await ordered(ostler, CODE);
    expect(await order.end).toMatchObject({ type: 'loaded' });
    expect(await ostler.ask('hello', { model: CODE })).toMatchObject({ kind: 'answer' });
    expect(residents(ollama)).toEqual([CODE]);
    const began = time.now();
    await passUntil(time, () => residents(ollama).length === 0);
    expect(time.now() - began).toBeGreaterThan(240_000);
    expect(loads(ollama)).toEqual([CODE]);
  });

  it('what was ordered goes at once where that is wished', async () => {
    const { ollama, ostler } = await open(NONE);
    await (await ordered(ostler, CODE)).end;
    ostler.front.unload(CODE);
    await until(ollama);
  });

  it('nothing is loaded because somebody may ask', async () => {
    const time = skippableTime();
    const { ollama, ostler } = await open({ ...NONE, preload: [LARGE], return_to_default_minutes: 1 });
    await ostler.ask('hello');
    await ostler.ask('hello', { model: CODE });
    await until(ollama);
    ostler.front.typing(HERE);
    const began = time.now();
    await passUntil(time, () => time.now() - began > 300_000);
    await ostler.ask('hello', { model: CODE, person: ADA });
    expect(loads(ollama)).toEqual([SMALL, CODE, CODE]);
  });
});
