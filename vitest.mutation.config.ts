import { defineConfig } from 'vitest/config';

/** The tests that mutants run against: the charts' and the data plane's, all of them on virtual time and without a socket. */
export default defineConfig({
  test: {
    include: ['test/{audio,machines,model}/**/*.test.ts'],
    exclude: ['test/audio/wav*.test.ts'],
    setupFiles: ['test/support/same-chance.ts'],
    testTimeout: 60_000,
  },
});
