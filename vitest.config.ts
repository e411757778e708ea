import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

/** Where `.ci/run` wants the report that it counts from. */
const report = process.env.OSTLER_TEST_REPORT;

/** What takes longest, as far as its size does not tell. */
const LONG = ['/test/kill/', '/test/cli/', '/test/fronts/', '/house-malformed.', '/hostile.'];

/** Begins with what takes longest: at the end nothing would be left to run beside it. */
class LongestFirst extends BaseSequencer {
  override async sort(...[files]: Parameters<BaseSequencer['sort']>) {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: (typeof files)[number]) => LONG.some((part) => moduleId.includes(part));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Most tests wait for events: more at a time than there are cores.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ...(report ? (['json'] as const) : [])],
    ...(report && { outputFile: { json: report } }),
  },
});
