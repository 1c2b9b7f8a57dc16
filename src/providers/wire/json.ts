/** Reading what a service sends without believing it: every field may be missing, of another type, or new. */
import type { Frame } from '../../ports/socket.ts';
import { nameOf } from './detail.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const decoder = new TextDecoder();

/** The object in a frame, which some services send as text and some as bytes. Null where there is none. */
export function objectIn(frame: Frame): JsonObject | null {
  return asObject(valueIn(frame));
}

/** The first object in a list, or the only one: Google's streaming endpoints wrap theirs. Null where there is none. */
export function firstObjectIn(text: string): JsonObject | null {
  const value = valueIn(text);
  return asObject(Array.isArray(value) ? value.find(isObject) : value);
}

function valueIn(frame: Frame): unknown {
  try {
    return JSON.parse(typeof frame === 'string' ? frame : decoder.decode(frame));
  } catch {
    return null; // no JSON, or cut off
  }
}

export function asObject(value: unknown): JsonObject | null {
  return isObject(value) ? value : null;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Only a field of its own: `constructor` and the like are no answer of a service's. */
export function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export function objectAt(value: unknown, name: string): JsonObject | null {
  return asObject(fieldOf(value, name));
}

export function stringAt(value: unknown, name: string): string | null {
  const field = fieldOf(value, name);
  return typeof field === 'string' ? field : null;
}

/** A finite number, or null. */
export function numberAt(value: unknown, name: string): number | null {
  const field = fieldOf(value, name);
  return typeof field === 'number' && Number.isFinite(field) ? field : null;
}

export function booleanAt(value: unknown, name: string): boolean | null {
  const field = fieldOf(value, name);
  return typeof field === 'boolean' ? field : null;
}

/** The objects of a list; what else is in it is left out. */
export function objectsAt(value: unknown, name: string): readonly JsonObject[] {
  const field = fieldOf(value, name);
  return Array.isArray(field) ? field.filter(isObject) : [];
}

/** A frame's own name for itself, fit for a log. @param secrets what must not be repeated. */
export function typeNameOf(message: JsonObject | null, secrets?: readonly string[]): string {
  if (message === null) return 'frame that is no JSON object';
  const type = stringAt(message, 'type');
  return type === null ? 'frame without a type' : nameOf(type, secrets);
}
