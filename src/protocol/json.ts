/**
 * JSON of a stranger's (PROTOCOL.md, P9.3): bounded before it is parsed, and without a prototype afterwards. Never throws.
 */
import { MAX_JSON_COMMAS, MAX_JSON_DEPTH } from './limits.ts';

export type JsonRead =
  | { readonly isValid: true; readonly value: unknown }
  /** `problem` has nothing in it of what came in. */
  | { readonly isValid: false; readonly problem: string };

/** Objects that came of JSON: no prototype, so no key of theirs is ever anything else's. */
export type JsonMembers = Readonly<Record<string, unknown>>;

/** Names that lead to a prototype where somebody copies key by key. */
const DANGEROUS_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];
/** In Unicode mode a pair is one character, so this finds the lone ones. */
const LONE_SURROGATE = /\p{Surrogate}/u;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export function readJson(bytes: Uint8Array, maxBytes: number): JsonRead {
  if (bytes.length > maxBytes) return refused('JSON of too many bytes');
  const shape = shapeOf(bytes);
  if (shape.depth > MAX_JSON_DEPTH) return refused('JSON that is too deep');
  if (shape.commas > MAX_JSON_COMMAS) return refused('JSON of too many parts');

  let parsed: unknown;
  try {
    parsed = JSON.parse(decoder.decode(bytes)) as unknown;
  } catch {
    return refused('no JSON in UTF-8');
  }
  const copy = new Copy(shape.hasEscapes);
  const value = copy.of(parsed);
  if (copy.problem !== null) return refused(copy.problem);
  // JSON.parse takes the last of several, so what the others were was never looked at.
  if (copy.members !== shape.colons) return refused('JSON with a key twice');
  return { isValid: true, value };
}

/** @throws RangeError for what `readJson` would refuse at the other end. */
export function writeJson(value: unknown, maxBytes: number): Uint8Array {
  // `undefined` has no JSON; the type of `stringify` does not say so.
  const text = JSON.stringify(value) as string | undefined;
  const bytes = encoder.encode(text ?? '');
  const read = readJson(bytes, maxBytes);
  if (!read.isValid) throw new RangeError(`tenuto.v1 cannot carry it: ${read.problem}`);
  return bytes;
}

export function isMembers(value: unknown): value is JsonMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Shape {
  readonly depth: number;
  readonly colons: number;
  readonly commas: number;
  readonly hasEscapes: boolean;
}

/** By bytes: in UTF-8 none of these is ever a part of another character. Right for JSON, and harmless for all else. */
function shapeOf(bytes: Uint8Array): Shape {
  let [depth, deepest, colons, commas] = [0, 0, 0, 0];
  let [isInString, hasEscapes] = [false, false];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (isInString) {
      if (byte === BACKSLASH) {
        hasEscapes = true;
        at += 1;
      } else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if (byte === COMMA) commas += 1;
    else if (byte === COLON) colons += 1;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return { depth: deepest, colons, commas, hasEscapes };
}

/** Goes no deeper than `shapeOf` has allowed. */
class Copy {
  problem: string | null = null;
  members = 0;
  /** UTF-8 has no lone surrogates, so only an escape can bring one. */
  readonly #hasEscapes: boolean;

  constructor(hasEscapes: boolean) {
    this.#hasEscapes = hasEscapes;
  }

  of(value: unknown): unknown {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'number') return this.#number(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((element) => this.of(element));

    const copy = Object.create(null) as Record<string, unknown>;
    for (const [key, member] of Object.entries(value)) {
      this.members += 1;
      if (DANGEROUS_KEYS.includes(key)) this.problem ??= 'a dangerous key';
      copy[this.#text(key)] = this.of(member);
    }
    return copy;
  }

  #text(text: string): string {
    if (this.#hasEscapes && LONE_SURROGATE.test(text)) this.problem ??= 'a lone surrogate';
    return text;
  }

  #number(value: number): number {
    if (!Number.isFinite(value)) this.problem ??= 'a number beyond all';
    return value;
  }
}

function refused(problem: string): JsonRead {
  return { isValid: false, problem };
}
