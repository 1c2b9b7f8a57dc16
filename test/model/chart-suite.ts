/** Runs the cases that were made of a chart, and says at the end what they executed. */
import { afterAll, describe, it } from 'vitest';

import type { ModelSuite } from '../../src/testing/model/model-tests.ts';

export function runSuite(name: string, suite: ModelSuite): void {
  describe(name, () => {
    for (const { name: sentence, run } of suite.cases) it(sentence, run);

    afterAll(() => {
      process.stdout.write(`${suite.coverage.report()}\n`);
    });
  });
}
