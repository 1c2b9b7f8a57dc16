// A process of the pool: with a mutant in what it loads, or without.
const { runSeed } = await import('../../dist/src/simulation/run.js');
const { serveRuns } = await import('../../dist/src/simulation/serve-runs.node.js');

serveRuns(runSeed);
