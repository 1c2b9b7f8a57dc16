/** What somebody expects of a world, after every step of it. */
import type { Report } from '../checks/report.ts';

/** Returns what is wrong, in a line, or throws it; null: nothing. */
export type Look = () => string | null;

/** @param name of the client that expects it; undefined: nobody in particular. */
export function lookedAt(look: Look, name: string | undefined, report: Report): void {
  const wrong = wrongOf(look);
  if (wrong !== null) report.violated('I20', name === undefined ? wrong : `${name}: ${wrong}`);
}

function wrongOf(look: Look): string | null {
  try {
    return look() ?? null; // who writes no types may return nothing
  } catch (error) {
    return `what it expects threw ${String(error)}`;
  }
}
