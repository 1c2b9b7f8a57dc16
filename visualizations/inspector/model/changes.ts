/** What differs between two contexts, field by field. */

export interface Change {
  /** `rtt.srttMs` */
  readonly path: string;
  /** As JSON; null where it was not there. */
  readonly before: string | null;
  readonly after: string | null;
}

const MOST = 200;

export function changesBetween(before: unknown, after: unknown): readonly Change[] {
  const changes: Change[] = [];
  compare('', before, after, changes);
  return changes;
}

function compare(path: string, before: unknown, after: unknown, into: Change[]): void {
  if (into.length >= MOST || Object.is(before, after)) return;
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(path === '' ? key : `${path}.${key}`, before[key], after[key], into);
    }
    return;
  }
  const [was, is] = [textOf(before), textOf(after)];
  if (was !== is) into.push({ path, before: was, after: is });
}

function textOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
