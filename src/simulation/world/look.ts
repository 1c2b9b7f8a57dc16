/** What somebody expects of a world, after every step of it. */
import type { Report } from '../checks/report.ts';
import { nameOf } from '../simulate-options.ts';

/** Returns what is wrong, in a line, or throws it; null: nothing. */
export type Look = () => string | null;

/** @param name of the client that expects it; undefined: nobody in particular. */
export function lookedAt(look: Look, name: string | undefined, report: Report): void {
  const wrong = wrongOf(look);
  if (wrong !== null) report.violated('I20', name === undefined ? wrong : `${name}: ${wrong}`);
}

function wrongOf(look: Look): string | null {
  try {
    return wordsIn(look() ?? null); // who writes no types may return nothing
  } catch (error) {
    return `what it expects threw ${String(error)}`;
  }
}

/** Or anything else, which is a slip of theirs. */
function wordsIn(returned: unknown): string | null {
  if (returned === null || typeof returned === 'string') return returned;
  if (!(returned instanceof Promise)) {
    return `what it expects returned ${nameOf(returned)}: let it return what is wrong, in a line, or null`;
  }
  returned.catch(() => undefined); // said already
  return 'what it expects returned a promise: let it look at once, and not be async';
}
