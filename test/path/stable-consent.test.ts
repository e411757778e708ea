import { describe, expect, it } from 'vitest';
import { asksOf } from '../../src/chat/progress.ts';
import { skippableTime } from '../fakes/skippable-time.ts';
import {
  ADA,
  asked,
  BOB,
  CODE,
  HERE,
  LARGE,
  loads,
  MEMORY,
  open,
  ordered,
  passUntil,
  residents,
  SMALL,
  until,
} from './stable-house.ts';

describe('a question that would push a model out', () => {
  const asksFirst = { memory: { ...MEMORY, confirm_before_unload: true } };

  async function asking() {
    const { ollama, ostler } = await open(asksFirst);
    await ostler.ask('hello');
    const followed = ostler.follow();
    const { job } = await ostler.send('some code', { model: CODE, person: ADA });
    const asks = await asked(followed);
    return { ollama, ostler, followed, job, asks };
  }

  it('is put to its person first: the model, what goes, how much it needs', async () => {
    const { ollama, ostler, followed, job, asks } = await asking();
    expect(asks).toMatchObject({ unloads: [LARGE], resident: LARGE, needBytes: expect.any(Number) });
    expect(residents(ollama)).toEqual([LARGE]);
    await expect(
      ostler.front.agree(HERE, job, { choice: 'switch', question: asks.id }, 'bob'),
    ).rejects.toMatchObject({ code: 'forbidden' });
    expect(await ostler.front.agree(HERE, job, { choice: 'switch', question: asks.id }, 'ada')).toBe(true);
    expect(await followed.outcome(job)).toMatchObject({ answer: { provenance: { model: CODE } } });
    expect(await ostler.front.agree(HERE, job, { choice: 'switch', question: asks.id }, 'ada')).toBe(false);
  });

  it('is not answered by what was said to another question', async () => {
    const { ollama, ostler } = await open(asksFirst);
    await ostler.ask('hello', { model: SMALL });
    const followed = ostler.follow();
    const { job } = await ostler.send('something large', { model: LARGE, person: ADA });
    const askedAbout = (count: number) =>
      followed.until((event) => {
        const asks = event.type === 'progress' ? asksOf(event.progress) : undefined;
        return asks?.unloads.length === count ? asks : undefined;
      });
    const first = await askedAbout(1);
    await ostler.ask('some code', { model: CODE, address: { platform: 'web', chat: 'two' } });
    const second = await askedAbout(2);
    const agree = (choice: 'switch' | 'resident', question: string) =>
      ostler.front.agree(HERE, job, { choice, question }, ADA.id);
    expect(await agree('switch', first.id)).toBe(false);
    expect(await agree('resident', first.id)).toBe(false);
    expect(residents(ollama).toSorted()).toEqual([CODE, SMALL]);
    expect(await agree('switch', second.id)).toBe(true);
    expect(await followed.outcome(job)).toMatchObject({ answer: { provenance: { model: LARGE } } });
  });

  it('can be answered by the model that is there', async () => {
    const { ollama, ostler, followed, job, asks } = await asking();
    expect(await ostler.front.agree(HERE, job, { choice: 'resident', question: asks.id }, 'ada')).toBe(true);
    expect(await followed.outcome(job)).toMatchObject({ answer: { provenance: { model: LARGE } } });
    expect(loads(ollama)).toEqual([LARGE]);
  });

  it('holds up nobody else, and can be stopped', async () => {
    const { ostler, followed, job } = await asking();
    const other = { address: { platform: 'web', chat: 'two' }, person: BOB };
    expect(await ostler.ask('hello', other)).toMatchObject({ answer: { provenance: { model: LARGE } } });
    expect(await ostler.front.stop(HERE, { job })).toBe(1);
    expect(await followed.outcome(job)).toMatchObject({ kind: 'cancelled' });
  });

  it('is given up when nobody answers', async () => {
    const time = skippableTime();
    const { followed, job } = await asking();
    let outcome: unknown;
    void followed.outcome(job).then((ended) => {
      outcome = ended;
    });
    await passUntil(time, () => outcome !== undefined);
    expect(outcome).toMatchObject({
      kind: 'failure',
      failure: {
        code: 'expired',
        message: 'Nobody agreed within 10 minutes that another model is unloaded.',
      },
    });
  });

  it('is asked no more once its model comes for somebody else', async () => {
    const { ollama, ostler, followed, job, asks } = await asking();
    const hold = ollama.hold({ at: 'load', model: CODE });
    const order = await ordered(ostler, CODE, BOB);
    await hold.reached;
    await followed.until(
      (event) => (event.type === 'progress' && event.progress.stage === 'loading') || undefined,
    );
    expect(await ostler.front.agree(HERE, job, { choice: 'switch', question: asks.id }, 'ada')).toBe(false);
    hold.release();
    expect(await order.end).toMatchObject({ type: 'loaded' });
    expect(await followed.outcome(job)).toMatchObject({ answer: { provenance: { model: CODE } } });
    expect(loads(ollama)).toEqual([LARGE, CODE]);
  });

  it('keeps nothing from being loaded that has room', async () => {
    const { ollama, ostler } = await open({ ...asksFirst, routing: { default: SMALL } });
    await ostler.ask('hello');
    const followed = ostler.follow();
    await ostler.send('something large', { model: LARGE, person: ADA });
    await followed.until((event) => (event.type === 'progress' && asksOf(event.progress)) || undefined);
    await ostler.front.pin(CODE, true);
    await until(ollama, SMALL, CODE);
  });

  it('is not answered by a model that has left: that would have to be loaded, too', async () => {
    const { ollama, ostler, followed, job, asks } = await asking();
    const body = JSON.stringify({ model: LARGE, keep_alive: 0 });
    await (await fetch(`${ollama.url}/api/generate`, { method: 'POST', body })).text();
    await until(ollama);
    expect(await ostler.front.agree(HERE, job, { choice: 'resident', question: asks.id }, 'ada')).toBe(false);
    expect(await followed.outcome(job)).toMatchObject({ answer: { provenance: { model: CODE } } });
    expect(loads(ollama)).toEqual([LARGE, CODE]);
  });
});
