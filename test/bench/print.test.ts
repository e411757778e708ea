import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { atLeast, atMost, type Report } from '../../bench/bench.ts';
import { printReport } from '../../bench/print.ts';

const met: Report = {
  targets: [atMost('start', 0.4123, 's', 1.2), atLeast('rate', 1234, 'jobs/s', 500)],
  figures: [{ name: 'for information', figure: 2.71999, unit: 'ms' }],
};
const missed: Report = { ...met, targets: [...met.targets, atMost('memory', 151, 'MB', 150)] };

function print(report: Report, json: boolean): { readonly code: number; readonly text: string } {
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  const code = printReport('path', report, { json, write });
  return { code, text: stripVTControlCharacters(text) };
}

describe('a target', () => {
  it('is met at its limit and missed beyond it', () => {
    expect(atMost('a', 10, 'ms', 10).met).toBe(true);
    expect(atMost('a', 10.1, 'ms', 10).met).toBe(false);
    expect(atLeast('a', 500, 'jobs/s', 500).met).toBe(true);
    expect(atLeast('a', 499, 'jobs/s', 500).met).toBe(false);
  });

  it('is missed where nothing could be measured', () => {
    expect(atMost('a', Number.NaN, 'ms', 10).met).toBe(false);
    expect(atLeast('a', Number.NaN, 'ms', 10).met).toBe(false);
  });
});

describe('the report of a bench', () => {
  it('says of each target whether it was met', () => {
    expect(print(missed, false)).toEqual({
      code: 1,
      text: [
        '✓ start: 0.412 s (at most 1.2)',
        '✓ rate: 1,234 jobs/s (at least 500)',
        '✗ memory: 151 MB (at most 150)',
        '  for information: 2.72 ms',
        '',
      ].join('\n'),
    });
  });

  it('ends well only where all targets were met', () => {
    expect(print(met, false).code).toBe(0);
    expect(print(met, true).code).toBe(0);
    expect(print(missed, true).code).toBe(1);
  });

  it('is for programs what the bench was asked for instead, where there is that', () => {
    expect(print({ targets: [], figures: [], json: { policies: 4 } }, true)).toEqual({
      code: 0,
      text: '{"policies":4}\n',
    });
  });

  it('is one line of JSON for programs', () => {
    expect(JSON.parse(print(missed, true).text)).toEqual({ bench: 'path', met: false, ...missed });
  });
});
