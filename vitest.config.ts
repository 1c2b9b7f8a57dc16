import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

const scenarios = 'test/scenarios/**/*.test.ts';
const browser = 'test/browser/**/*.test.ts';

/**
 * What takes long comes first: begun last, one of them would leave a worker idle. Vitest by itself goes by a file's size. Real speech
 * is heard in real time, and its recogniser needs half a core: it comes apart, and apart from the seeds, which take all there are.
 */
const SLOW = [
  /\/speech-over-faults\./,
  /\/(bad-input|planted-defects)\./,
  /\/test\/(model|conformance|hours|tooling)\//,
  /\/test\/(cli|voice)\/(?!simulated-seeds)/,
  /\/test\/scenarios\//,
  /\/simulated-seeds\./,
];

class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = SLOW.findIndex((pattern) => pattern.test(moduleId));
      return at === -1 ? SLOW.length : at;
    };
    const sorted = await super.sort(files);
    return sorted.sort((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 3, // for two cores: some wait for real speech, or for processes that they started
    sequence: { sequencer: SlowestFirst },
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
          expect: { poll: { timeout: 240_000 } },
          fileParallelism: false,
          testTimeout: 600_000, // limits for what hangs, on machines of any speed
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
