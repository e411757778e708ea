import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../adapters/system/clock.ts';
import { openLogger } from '../../../adapters/system/logger.ts';

function capture(isTTY: boolean) {
  let written = '';
  const write = (text: string) => {
    written += text;
    return true;
  };
  return { output: { isTTY, write }, written: () => written };
}

describe('a line of the log', () => {
  it('is JSON where no terminal reads it, its level a word and its time a date', async () => {
    const { output, written } = capture(false);
    const logger = await openLogger({ level: 'info', format: 'auto' }, output);
    logger.warn({ job: 'j', seconds: 1.5 }, 'tried again');
    expect(written()).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(written())).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      job: 'j',
      seconds: 1.5,
      msg: 'tried again',
    });
  });

  it.each([
    ['auto', true],
    ['pretty', false],
  ] as const)('is for people with format %s on a terminal: %s', async (format, isTTY) => {
    const { output, written } = capture(isTTY);
    const logger = await openLogger({ level: 'info', format }, output);
    logger.error({ job: 'j' }, 'not answered');
    expect(stripVTControlCharacters(written())).toMatch(
      /^\[\d\d:\d\d:\d\d\] ERROR: not answered\n {4}job: "j"\n$/,
    );
    expect(written() === stripVTControlCharacters(written())).toBe(!isTTY);
  });

  it('is JSON on a terminal too if that is wanted', async () => {
    const { output, written } = capture(true);
    (await openLogger({ level: 'info', format: 'json' }, output)).info({}, 'ready');
    expect(JSON.parse(written())).toMatchObject({ level: 'info', msg: 'ready' });
  });

  it('below the level is not written', async () => {
    const { output, written } = capture(false);
    const logger = await openLogger({ level: 'warn', format: 'json' }, output);
    logger.debug({}, 'a');
    logger.info({}, 'b');
    expect(written()).toBe('');
  });
});

describe('the clock', () => {
  it('calls once after its time unless that is cancelled, also after more than a timer can wait', () => {
    vi.useFakeTimers();
    try {
      const called: string[] = [];
      systemClock.after(10, () => called.push('soon'));
      systemClock.after(10, () => called.push('never'))();
      systemClock.after(3_000_000_000, () => called.push('in a month'));
      vi.advanceTimersByTime(1_000);
      expect(called).toEqual(['soon']);
    } finally {
      vi.useRealTimers();
    }
  });
});
