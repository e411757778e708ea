import { describe, expect, test } from 'vitest';
import { type Machine, planFor } from '../../scripts/needs.ts';
import { countTests } from '../../scripts/test-counts.ts';

describe('what the tests need', () => {
  const needs = [
    { commands: ['redis-server'], package: 'redis-server' },
    { commands: ['chromium', 'google-chrome'], package: 'chromium' },
  ];
  const machine = (files: readonly string[], more: Partial<Machine> = {}): Machine => ({
    nodeMajor: 24,
    path: '/bin:/opt/bin',
    isFile: (file) => files.includes(file),
    installsWithApt: false,
    ...more,
  });

  test('is there: nothing is done', () => {
    const there = machine(['/bin/redis-server', '/opt/bin/google-chrome']);
    expect(planFor(needs, there)).toEqual({ install: [], complaints: [] });
  });

  test('is installed where that is possible', () => {
    const debian = machine(['/bin/chromium'], { installsWithApt: true });
    expect(planFor(needs, debian)).toEqual({ install: ['redis-server'], complaints: [] });
  });

  test('is the best of its kind where that can be installed, and any other elsewhere', () => {
    const files = ['/bin/redis-server', '/opt/bin/google-chrome'];
    expect(planFor(needs, machine(files, { installsWithApt: true })).install).toEqual(['chromium']);
    expect(planFor(needs, machine(files)).install).toEqual([]);
  });

  test('is asked for elsewhere', () => {
    expect(planFor(needs, machine([]))).toEqual({
      install: [],
      complaints: [
        'The tests need redis-server and chromium. On Debian: sudo apt-get install redis-server chromium',
      ],
    });
  });

  test('is a Node that runs TypeScript', () => {
    const old = machine(['/bin/redis-server', '/bin/chromium'], { nodeMajor: 20 });
    expect(planFor(needs, old).complaints).toEqual([
      'The tests need Node 24 or newer: run npm install first.',
    ]);
  });
});

describe('the count of a test run', () => {
  const report = (numbers: object, testResults: readonly object[] = []): string =>
    JSON.stringify({
      numPassedTests: 3,
      numFailedTests: 0,
      numPendingTests: 0,
      numTodoTests: 0,
      testResults,
      ...numbers,
    });

  test.each([
    ['is fine if all passed', report({}), { passed: 3, failed: 0 }],
    ['has what failed', report({ numFailedTests: 2 }), { passed: 3, failed: 2 }],
    [
      'takes what was skipped for failed',
      report({ numPendingTests: 1, numTodoTests: 1 }),
      { passed: 3, failed: 2, complaint: '2 skipped: a skipped test counts as failed.' },
    ],
    [
      'takes a file that could not be run for failed',
      report({}, [{ status: 'failed', assertionResults: [] }]),
      { passed: 3, failed: 1, complaint: 'Files that could not be run: 1.' },
    ],
    [
      'is not fine without a test',
      report({ numPassedTests: 0 }),
      { passed: 0, failed: 0, complaint: 'Not one test ran.' },
    ],
    [
      'is not fine without a report',
      '',
      { passed: 0, failed: 0, complaint: 'There is no report: the tests did not run.' },
    ],
  ])('%s', (_, text, expected) => {
    expect(countTests(text)).toEqual(expected);
  });
});
