/** What a recording says of itself: its service, its address, its query; and what to say where nothing came of it. */
import { isObject, objectAt, stringAt } from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

const HINTS = ['provider', 'service', 'api', 'vendor', 'url', 'uri', 'endpoint', 'host', 'model'];

export function isHeaderLine(entry: JsonObject): boolean {
  const names = Object.keys(entry);
  return names.some(
    (name) => HINTS.includes(name) || /^(meta(data)?|header|query|version)$/.test(name),
  );
}

export function hintsIn(header: JsonObject): readonly string[] {
  return HINTS.map((name) => stringAt(header, name) ?? '').filter((hint) => hint !== '');
}

export function queryIn(header: JsonObject): JsonObject {
  const address = stringAt(header, 'url') ?? stringAt(header, 'uri') ?? '';
  const inAddress = new URLSearchParams(address.split('?')[1] ?? '');
  const query = Object.fromEntries([...inAddress].map(([name, value]) => [name, numeric(value)]));
  return { ...query, ...(objectAt(header, 'query') ?? objectAt(header, 'params')) };
}

function numeric(value: string): string | number {
  return /^\d+$/.test(value) ? Number(value) : value;
}

/** Null where there is nothing to complain of. */
export function complaintAbout(
  name: string,
  entries: readonly unknown[],
  unknown: readonly unknown[],
  hasReceived: boolean,
): string | null {
  if (entries.length === 0 || hasReceived) return null;
  const shapes = [...new Set((unknown.length > 0 ? unknown : entries).map(shapeOf))].slice(0, 3);
  const others = unknown.length > 0 ? 'Not understood' : 'There are';
  return `${name}: of ${entries.length} entries none is a frame that was received. ${others}: ${shapes.join('; ')}.`;
}

/** An entry by the names of its members: what was said in it stays where it is. */
function shapeOf(entry: unknown): string {
  if (Array.isArray(entry)) return `a list of ${entry.map((each) => typeof each).join(', ')}`;
  if (!isObject(entry)) return 'text that is no JSON';
  const members = Object.entries(entry).map(([name, value]) =>
    /^(direction|dir|kind|from|type|event|ev)$/.test(name) && typeof value === 'string'
      ? `${name}: "${value.slice(0, 30)}"`
      : name,
  );
  return `{${members.slice(0, 12).join(', ')}}`;
}
