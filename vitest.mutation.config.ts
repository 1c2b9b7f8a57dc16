import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** A chart that a test loads first would count as read by that test alone: the file that does so comes last. */
class LoadersLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLast = ({ moduleId }: TestSpecification): boolean =>
      moduleId.endsWith('/charts.test.ts');
    return [...sorted.filter((file) => !isLast(file)), ...sorted.filter(isLast)];
  }
}

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
    sequence: { sequencer: LoadersLast },
    testTimeout: 60_000,
  },
});
