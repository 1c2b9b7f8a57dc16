/** Writes a mutant into code. */
import type { MutantEdit } from './mutant.types.ts';

/**
 * The code with these edits in it, one after the other.
 *
 * @throws Error where one does not match exactly once: the code has changed since it was written.
 */
export function edited(code: string, edits: readonly MutantEdit[]): string {
  return edits.reduce((before, edit) => replaced(before, edit), code);
}

function replaced(code: string, { file, find, replace }: MutantEdit): string {
  const [match, ...others] = code.matchAll(patternOf(find));
  if (match === undefined || others.length > 0) {
    const times = match === undefined ? 0 : 1 + others.length;
    throw new Error(`${file} has this ${times} times, and not once: ${find}`);
  }
  return code.slice(0, match.index) + replace + code.slice(match.index + match[0].length);
}

function patternOf(find: string): RegExp {
  const words = find.trim().split(/\s+/);
  return new RegExp(
    words.map((word) => word.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')).join('\\s+'),
    'g',
  );
}
