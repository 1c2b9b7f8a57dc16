/** What applications throw, and who has to know. */
import type { Report } from '../checks/report.ts';

/** Thrown by a fault, in the place of an app. */
export class PlannedError extends Error {
  constructor() {
    super('a fault of the simulated world');
  }
}

/** The gateway catches it, and its session goes on; its author has to know all the same. */
export function appThrew(report: Report, who: string, error: unknown): void {
  if (error instanceof PlannedError) return;
  report.violated('I19', `an app of ${who} threw ${wordsOf(error)}`);
}

/** With the place, where there is one. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
