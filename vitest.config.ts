import { defineConfig } from 'vitest/config';

/** Where `.ci/run` wants the report that it counts from. */
const report = process.env.OSTLER_TEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Most tests wait for events: two at a time fit on one core, too.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default', ...(report ? (['json'] as const) : [])],
    ...(report && { outputFile: { json: report } }),
  },
});
