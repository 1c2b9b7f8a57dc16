import { defineConfig } from 'vitest/config';

/**
 * The tests that mutants run against: on virtual time, without a socket. Those that are made from the charts (test/model) are left
 * out: a changed chart changes what they expect as well.
 */
export default defineConfig({
  test: {
    include: ['test/{audio,machines}/**/*.test.ts'],
    exclude: ['test/audio/wav*.test.ts'],
    setupFiles: ['test/support/same-chance.ts'],
    isolate: false,
    testTimeout: 60_000,
  },
});
