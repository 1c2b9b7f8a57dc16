import { defineConfig } from 'vitest/config';

/**
 * The tests that mutants run against: on virtual time, without a socket. Those that are made from the charts (test/model) are left
 * out: a changed chart changes what they expect as well. So are random walks: they tell what never happens, take most of the time, and
 * what they would kill an example has to kill.
 */
export default defineConfig({
  test: {
    include: ['test/{audio,machines}/**/*.test.ts'],
    exclude: ['test/audio/wav*.test.ts', 'test/machines/*-walks.property.test.ts'],
    setupFiles: ['test/support/same-chance.ts'],
    isolate: false,
    testTimeout: 60_000,
  },
});
