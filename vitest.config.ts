import { defineConfig } from 'vitest/config';

/** Where `.ci/run` wants the report that it counts from. */
const report = process.env.OSTLER_TEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Most tests wait for events: more at a time than there are cores.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ...(report ? (['json'] as const) : [])],
    ...(report && { outputFile: { json: report } }),
  },
});
