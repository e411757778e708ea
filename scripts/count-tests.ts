import { readFile } from 'node:fs/promises';
import { countTests } from './test-counts.ts';

/** Prints `N passed, N failed` from the report of the test run as its last line; fails unless all passed. */

const [, , file = ''] = process.argv;
const { passed, failed, complaint } = countTests(await readFile(file, 'utf8').catch(() => ''));
if (complaint) console.error(complaint);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || complaint ? 1 : 0;
