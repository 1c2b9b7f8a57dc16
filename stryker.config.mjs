// Mutation testing of what decides and of what carries audio: `npm run mutation`. The figures are in docs/mutation.md.
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** What is said to a person: nothing decides by it. A chart's sentences have tests of their own. */
const prose = {
  shouldIgnore(path) {
    if (path.isObjectProperty() && ['description', 'remediation'].includes(path.node.key.name)) {
      return 'A sentence for a person.';
    }
    return undefined;
  },
};

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'prose', prose)];

export default {
  mutate: ['machines/**/*.ts', 'src/audio/**/*.ts', '!src/audio/wav*.ts'],
  plugins: ['@stryker-mutator/vitest-runner', import.meta.url],
  ignorers: ['prose'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts' },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  tempDirName: '.tmp/stryker',
  ignorePatterns: ['.tmp', 'coverage', 'dist', 'visualizations', 'test/fixtures', 'test/scenarios'],
  incrementalFile: '.tmp/mutation/incremental.json',
  reporters: ['clear-text', 'json', 'html'],
  clearTextReporter: { allowColor: false, reportTests: false },
  jsonReporter: { fileName: '.tmp/mutation/mutation.json' },
  htmlReporter: { fileName: '.tmp/mutation/mutation.html' },
  thresholds: { high: 95, low: 90, break: 90 },
};
