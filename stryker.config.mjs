// Mutation testing of what decides and of what carries audio: `npm run mutation`. The figures are in docs/mutation.md.

/** What nothing decides by: sentences for a person, which have tests of their own, and a chart's types, which are gone by then. */
const IGNORED = {
  description: 'A sentence for a person.',
  remediation: 'A sentence for a person.',
  types: 'Only the compiler reads it.',
};

const undecided = {
  shouldIgnore: (path) =>
    path.isObjectProperty() && !path.node.computed ? IGNORED[path.node.key.name] : undefined,
};

export const strykerPlugins = [{ kind: 'Ignore', name: 'undecided', value: undecided }];

export default {
  mutate: ['machines/**/*.ts', 'src/audio/**/*.ts', '!src/audio/wav*.ts'],
  plugins: ['@stryker-mutator/vitest-runner', './stryker.config.mjs'],
  ignorers: ['undecided'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts' },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  timeoutMS: 15_000, // a busy machine is no infinite loop
  tempDirName: '.tmp/stryker',
  ignorePatterns: ['.tmp', 'coverage', 'dist', 'visualizations', 'test/scenarios'],
  incrementalFile: '.tmp/mutation/incremental.json',
  reporters: ['progress-append-only', 'clear-text', 'json', 'html'],
  clearTextReporter: { allowColor: false, reportTests: false },
  jsonReporter: { fileName: '.tmp/mutation/mutation.json' },
  htmlReporter: { fileName: '.tmp/mutation/mutation.html' },
  thresholds: { high: 95, low: 90, break: 90 },
};
