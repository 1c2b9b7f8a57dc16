/** Clients write their keys in camelCase or in snake_case; both are the same field to protocol buffers. */
import { asObject, booleanAt, isObject, stringAt } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';

/** Values that are the application's own: their keys stay as they are. */
const OPAQUE: readonly string[] = [
  'args',
  'response',
  'parameters',
  'parametersJsonSchema',
  'responseJsonSchema',
  'labels',
];

/** Null where there is no JSON object. */
export function readJson(data: Buffer): JsonObject | null {
  try {
    return asObject(camelKeys(JSON.parse(data.toString())));
  } catch {
    return null;
  }
}

/** Protocol buffers have no field that is missing: it is empty, or false. */
export function textIn(value: unknown, name: string): string {
  return stringAt(value, name) ?? '';
}

export function flagIn(value: unknown, name: string): boolean {
  return booleanAt(value, name) === true;
}

function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      const name = key.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
      return [name, OPAQUE.includes(name) ? field : camelKeys(field)];
    }),
  );
}
