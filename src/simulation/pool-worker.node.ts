/** What a process of the pool runs: seeds behind guards, so that whatever takes something of this machine is told. */
import { guarded } from './leak-guards.ts';
import { runSeed } from './run.ts';
import { serveRuns } from './serve-runs.node.ts';
import type { RunResult, Violation } from './simulation.types.ts';

serveRuns(async (options) => {
  const leaks: string[] = [];
  const result = await guarded(
    () => runSeed(options),
    (message) => leaks.push(message),
  );
  return withLeaks(result, leaks);
});

function withLeaks(result: RunResult, [message]: readonly string[]): RunResult {
  if (message === undefined) return result;
  const leak: Violation = { invariant: 'I16', atMs: 0, message };
  return { ...result, violations: [...result.violations, leak] };
}
