/** Whether a frame has the shape of a recorded one: the same keys, the same kinds of values, the same types by name. */
import { isObject } from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

export interface ShapeDifferences {
  /** What the recorded frame has, and ours has not or has otherwise. */
  readonly missing: readonly string[];
  /** What only ours has. */
  readonly extra: readonly string[];
}

/** Their values say what kind of thing it is. */
const NAMING: ReadonlySet<string> = new Set(['type', 'role', 'mimeType']);

/** Whatever stands in them is the application's. */
const FREE: ReadonlySet<string> = new Set([
  'parameters',
  'response',
  'args',
  'tracing',
  'metadata',
]);

/** Lists of which each element has the same shape, however many there are. */
const UNCOUNTED: ReadonlySet<string> = new Set(['parts', 'content']);

/** What a service takes and needs of no client. */
const OPTIONAL: ReadonlySet<string> = new Set(['eventId', 'status', 'object', 'channel']);

/** Two names of one thing, of which a client takes either. */
const ALIASES: Readonly<Record<string, string>> = { parametersJsonSchema: 'parameters' };

export function shapeDifferences(recorded: unknown, ours: unknown): ShapeDifferences {
  const found = { missing: [] as string[], extra: [] as string[] };
  compare(recorded, ours, '', '', found);
  return found;
}

/** In one way of writing: keys in camelCase, by the name that is common to both. */
export function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, each]) => [nameOf(key), camelCased(each)]);
  return Object.fromEntries(entries) as JsonObject;
}

function nameOf(key: string): string {
  const camel = key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return ALIASES[camel] ?? camel;
}

function compare(
  recorded: unknown,
  ours: unknown,
  path: string,
  name: string,
  found: { readonly missing: string[]; readonly extra: string[] },
): void {
  if ((recorded ?? null) === null && (ours ?? null) === null) return;
  if (kindOf(recorded) !== kindOf(ours)) {
    if (recorded !== null) found.missing.push(`${path}: ${kindOf(ours)}, not ${kindOf(recorded)}`);
  } else if (Array.isArray(recorded) && Array.isArray(ours)) {
    const isCounted = !UNCOUNTED.has(name) && ours.length !== recorded.length;
    if (isCounted) found.missing.push(`${path}: ${ours.length}, not ${recorded.length} of them`);
    recorded.forEach((each, at) => {
      const mine = ours[at] ?? (UNCOUNTED.has(name) ? ours[0] : undefined);
      if (mine !== undefined) compare(each, mine, `${path}[]`, name, found);
    });
  } else if (isObject(recorded) && isObject(ours)) {
    if (FREE.has(name)) return;
    const [theirs, mine] = [camelCased(recorded), camelCased(ours)] as [JsonObject, JsonObject];
    for (const [key, value] of Object.entries(theirs)) {
      if (OPTIONAL.has(key) && mine[key] === undefined) continue;
      compare(value, mine[key], path === '' ? key : `${path}.${key}`, key, found);
    }
    for (const key of Object.keys(mine)) {
      if (!Object.hasOwn(theirs, key)) found.extra.push(path === '' ? key : `${path}.${key}`);
    }
  } else if (NAMING.has(name) && recorded !== ours) {
    found.missing.push(`${path}: ${String(ours)}, not ${String(recorded)}`);
  }
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  return Array.isArray(value) ? 'list' : typeof value;
}
