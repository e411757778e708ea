import { describe, expect, test, vi } from 'vitest';
import { openMarks } from '../../../adapters/discord/marks.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { fakeStore } from '../../fakes/store.ts';
import { logBook } from '../telegram/log-book.ts';

function around() {
  const { logger, lines } = logBook();
  return { store: fakeStore(), clock: fakeClock(), logger, lines };
}

describe('how far channels were read', () => {
  test('a channel is known at once, and goes on later', async () => {
    const needs = around();
    const marks = await openMarks('b', needs);
    await marks.meet({ channel: '1', last: '10', guild: '5' });
    marks.advance('1', '12');
    marks.advance('1', '11');
    marks.advance('2', '99');
    expect(await openMarks('b', needs).then((again) => again.all())).toEqual([
      { channel: '1', last: '10', guild: '5' },
    ]);
    await marks.close();
    expect(await openMarks('b', needs).then((again) => again.all())).toEqual([
      { channel: '1', last: '12', guild: '5' },
    ]);
  });

  test('many messages are written together', async () => {
    const needs = around();
    const set = vi.spyOn(needs.store, 'set');
    const marks = await openMarks('b', needs);
    await marks.meet({ channel: '1', last: '10' });
    for (let id = 11; id < 100; id += 1) marks.advance('1', String(id));
    needs.clock.advance(1_000);
    await marks.close();
    expect(set).toHaveBeenCalledTimes(2);
    expect(await openMarks('b', needs).then((again) => again.find('1'))).toEqual({
      channel: '1',
      last: '99',
    });
  });

  test('those that were used least recently are forgotten', async () => {
    const needs = around();
    const marks = await openMarks('b', needs);
    for (let channel = 1; channel <= 500; channel += 1)
      await marks.meet({ channel: String(channel), last: '1' });
    marks.advance('1', '2');
    await marks.meet({ channel: '501', last: '1' });
    expect(marks.all()).toHaveLength(500);
    expect(marks.find('1')).toBeDefined();
    expect(marks.find('2')).toBeUndefined();
    expect(marks.all()[0]?.channel).toBe('501');
  });

  test('one bot knows nothing of another', async () => {
    const needs = around();
    await (await openMarks('b', needs)).meet({ channel: '1', last: '10' });
    expect((await openMarks('c', needs)).all()).toEqual([]);
  });

  test('a channel that cannot be kept is not known', async () => {
    const needs = around();
    const marks = await openMarks('b', needs);
    vi.spyOn(needs.store, 'set').mockRejectedValueOnce(new Error('full'));
    await expect(marks.meet({ channel: '1', last: '10' })).rejects.toThrow('full');
    expect(marks.find('1')).toBeUndefined();
    await marks.meet({ channel: '1', last: '10' });
    expect((await openMarks('b', needs)).find('1')).toBeDefined();
  });

  test('where they cannot be kept, the log says so and nothing is lost here', async () => {
    const needs = around();
    const marks = await openMarks('b', needs);
    await marks.meet({ channel: '1', last: '10' });
    vi.spyOn(needs.store, 'set').mockRejectedValueOnce(new Error('full'));
    marks.advance('1', '11');
    needs.clock.advance(1_000);
    await marks.close();
    expect(needs.lines('warn')).toHaveLength(1);
    expect(marks.find('1')?.last).toBe('11');
  });
});
