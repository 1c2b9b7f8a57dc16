/** Clients write their keys in camelCase or in snake_case; both are the same field to protocol buffers. */
export type Json = Readonly<Record<string, unknown>>;

/** Values that are the application's own: their keys stay as they are. */
const OPAQUE: readonly string[] = [
  'args',
  'response',
  'parameters',
  'parametersJsonSchema',
  'responseJsonSchema',
  'labels',
];

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Null where there is no JSON object. */
export function readJson(data: Buffer): Json | null {
  try {
    const value = camelKeys(JSON.parse(data.toString()));
    return isJson(value) ? value : null;
  } catch {
    return null;
  }
}

export function objectIn(value: unknown, name: string): Json | null {
  const field = isJson(value) ? value[name] : undefined;
  return isJson(field) ? field : null;
}

export function listIn(value: unknown, name: string): readonly Json[] {
  const field = isJson(value) ? value[name] : undefined;
  return Array.isArray(field) ? field.filter(isJson) : [];
}

export function textIn(value: unknown, name: string): string {
  const field = isJson(value) ? value[name] : undefined;
  return typeof field === 'string' ? field : '';
}

export function flagIn(value: unknown, name: string): boolean {
  return isJson(value) && value[name] === true;
}

function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelKeys);
  if (!isJson(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      const name = key.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
      return [name, OPAQUE.includes(name) ? field : camelKeys(field)];
    }),
  );
}
