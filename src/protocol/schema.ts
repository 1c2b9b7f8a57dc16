/** What a member of a control frame may be. A schema is closed: what it does not name is left out (PROTOCOL.md, P9.4). */
import { isMembers } from './json.ts';

export interface Rule<T> {
  readonly isRequired: boolean;
  /** Undefined for what it may not be. */
  readonly read: (value: unknown) => T | undefined;
}

/** A rule for each member; in this order they are written. */
export type Schema<T> = {
  readonly [K in Exclude<keyof T, 'type'>]-?: Rule<Exclude<T[K], undefined>>;
};

/** A schema, whatever it is of. */
export type Rules = Readonly<Record<string, Rule<unknown>>>;

export type Fields =
  | { readonly bad: null; readonly fields: Readonly<Record<string, unknown>> }
  /** The name of the member that is missing, or is not what it may be. */
  | { readonly bad: string };

export function fieldsOf(rules: Rules, value: unknown): Fields {
  if (!isMembers(value)) return { bad: 'no object' };
  const fields = Object.create(null) as Record<string, unknown>;
  for (const [key, rule] of Object.entries(rules)) {
    const given = Object.hasOwn(value, key) ? value[key] : undefined;
    if (given === undefined && !rule.isRequired) continue;
    const read = rule.read(given);
    if (read === undefined) return { bad: key };
    fields[key] = read;
  }
  return { bad: null, fields };
}

export function integer(min: number, max: number): Rule<number> {
  return rule((value) => Number.isInteger(value) && isWithin(value as number, min, max));
}

export function number(min: number, max: number): Rule<number> {
  return rule((value) => typeof value === 'number' && isWithin(value, min, max));
}

export function text(pattern: RegExp): Rule<string> {
  return rule((value) => typeof value === 'string' && pattern.test(value));
}

export function oneOf<T extends string | number | boolean>(...values: readonly T[]): Rule<T> {
  return rule((value) => values.includes(value as T));
}

export function list(of: RegExp, maxItems: number): Rule<readonly string[]> {
  return rule(
    (value) =>
      Array.isArray(value) &&
      value.length <= maxItems &&
      value.every((item) => typeof item === 'string' && of.test(item)),
  );
}

export function items<T>(of: Rule<T>, maxItems: number): Rule<readonly T[]> {
  return {
    isRequired: true,
    read: (value) => {
      if (!Array.isArray(value) || value.length > maxItems) return undefined;
      const read = value.map((item: unknown) => of.read(item));
      return read.some((item) => item === undefined) ? undefined : (read as readonly T[]);
    },
  };
}

export function members<T>(schema: Schema<T>): Rule<T> {
  return {
    isRequired: true,
    read: (value) => {
      const read = fieldsOf(schema, value);
      return read.bad === null ? (read.fields as T) : undefined;
    },
  };
}

export function orNull<T>(of: Rule<T>): Rule<T | null> {
  return { isRequired: true, read: (value) => (value === null ? null : of.read(value)) };
}

/** May be left out. Null is not left out. */
export function optional<T>(of: Rule<T>): Rule<T> {
  return { isRequired: false, read: of.read };
}

function rule<T>(accepts: (value: unknown) => boolean): Rule<T> {
  return { isRequired: true, read: (value) => (accepts(value) ? (value as T) : undefined) };
}

/** Also false for NaN. */
function isWithin(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}
