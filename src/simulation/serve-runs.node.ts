/** The inside of a process of the pool: runs what it is sent, and sends back what came of it. */
import process from 'node:process';

import type { RunOptions, RunResult } from './simulation.types.ts';

export type RunSeed = (options: RunOptions) => Promise<RunResult>;

/** What a process of the pool says of what it was sent. */
export type Answer = { readonly result: RunResult } | { readonly threw: string };

/** Until whoever started this process is gone. */
export function serveRuns(runSeed: RunSeed): void {
  if (process.send === undefined) throw new Error('This file is run by the pool only.');
  const answer = (message: Answer): void => {
    process.send?.(message);
  };
  process.on('message', (options: RunOptions) => {
    runSeed(options).then(
      (result) => answer({ result }),
      (error: unknown) => answer({ threw: wordsOf(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches every process of a terminal; who started this one decides.
  process.on('SIGINT', () => undefined);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
