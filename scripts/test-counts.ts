export type Counts = {
  readonly passed: number;
  readonly failed: number;
  /** Why the run does not count as passed, where the numbers alone don't say it. */
  readonly complaint?: string;
};

/** Reads Vitest's JSON report. A skipped test counts as failed, and so does a file that could not be run. */
export function countTests(report: string): Counts {
  if (report === '') return { passed: 0, failed: 0, complaint: 'There is no report: the tests did not run.' };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(report);
  const passed = Number(numPassedTests);
  const skipped = Number(numPendingTests) + Number(numTodoTests);
  const broken = brokenFiles(testResults);
  const failed = Number(numFailedTests) + skipped + broken;
  if (skipped > 0)
    return { passed, failed, complaint: `${skipped} skipped: a skipped test counts as failed.` };
  if (broken > 0) return { passed, failed, complaint: `Files that could not be run: ${broken}.` };
  if (passed === 0) return { passed, failed, complaint: 'Not one test ran.' };
  return { passed, failed };
}

type FileResult = {
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
};

/** Files that failed as a whole, without a failed test to show for it. */
function brokenFiles(files: readonly FileResult[]): number {
  return files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
}
