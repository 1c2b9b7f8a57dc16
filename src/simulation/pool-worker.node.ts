/** What a process of the pool runs. */
import { runSeed } from './run.ts';
import { serveRuns } from './serve-runs.node.ts';

serveRuns(runSeed);
