/** What a process of the pool runs. */
import { serveRuns } from './serve-runs.node.ts';
import { runAnywhere } from './worlds.ts';

serveRuns(runAnywhere);
