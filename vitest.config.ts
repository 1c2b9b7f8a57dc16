import { defineConfig } from 'vitest/config';

const scenarios = 'test/scenarios/**/*.test.ts';
const browser = 'test/browser/**/*.test.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    env: { NO_COLOR: '1' }, // what is printed is compared as text, wherever the tests run
    coverage: {
      provider: 'v8',
      include: ['machines/**/*.ts', 'src/**/*.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [scenarios, browser],
          testTimeout: 180_000, // a limit for what hangs, on machines of any speed
          hookTimeout: 60_000,
        },
      },
      {
        // Real speech over real sockets runs in real time.
        extends: true,
        test: {
          name: 'scenarios',
          include: [scenarios],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        // A real browser, real pages and real servers: one at a time.
        extends: true,
        test: {
          name: 'browser',
          include: [browser],
          expect: { poll: { timeout: 30_000 } },
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
