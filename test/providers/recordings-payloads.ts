/** The frame in an entry, under whichever name it stands there, as text, as an object or as base64. */
import { knownMessage } from './recordings-protocols.ts';
import type { Direction } from './recordings-protocols.ts';
import type { Frame } from '../../src/ports/socket.ts';
import { isObject, objectIn, stringAt } from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

export interface Payload {
  /** As on the wire. */
  readonly frame: Frame;
  readonly message: JsonObject | null;
  /** Which way it can only have gone. */
  readonly known: Direction | null;
}

/** Names of a frame in its envelope; those of the second list hold bytes. */
const NAMES = [
  'data',
  'frame',
  'message',
  'payload',
  'body',
  'parsed_body',
  'msg',
  'content',
  'raw',
  'text',
  'json',
  'packet',
  'value',
  'string',
  'event',
];
const BINARY_NAMES = ['base64', 'b64', 'data_base64', 'dataBase64', 'binary', 'bytes', 'data_b64'];

const WRAPPING = ['string', 'encoding', 'headers', 'status'];

const SAYS_BINARY = /binary|bytes|^audio$|^pcm$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4}){4,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const MAX_DEPTH = 3;

/** Null where the entry holds none. */
export function payloadOf(entry: JsonObject, depth = 0): Payload | null {
  if (depth > MAX_DEPTH) return null;
  const isBinary = saysBinary(entry);
  const candidates: Payload[] = [];
  for (const name of NAMES) {
    const value = entry[name];
    const payload = innerOf(value, depth) ?? payloadIn(value, { isBinary });
    if (payload !== null) candidates.push(payload);
  }
  const known = candidates.find((payload) => payload.known !== null);
  if (known !== undefined) return known;
  // A frame as it is, whose own members have such names: `{"type": "Speak", "text": …}`.
  if (knownMessage(entry) !== null) return payloadIn(entry, { isBinary: false });
  for (const name of BINARY_NAMES) {
    const payload = payloadIn(entry[name], { isBinary, isBase64: true });
    if (payload !== null) return payload;
  }
  return candidates.find(({ message }) => message !== null) ?? candidates[0] ?? null;
}

/** An envelope in the envelope: of a known frame, of bytes, or of a text alone, as HTTP bodies are written down. */
function innerOf(value: unknown, depth: number): Payload | null {
  if (!isObject(value) || knownMessage(value) !== null) return null;
  const inner = payloadOf(value, depth + 1);
  const isWrapper = Object.keys(value).every((name) => WRAPPING.includes(name));
  return inner?.known != null || saysBinary(value) || isWrapper ? inner : null;
}

export function payloadIn(
  value: unknown,
  { isBinary, isBase64 = false }: { readonly isBinary: boolean; readonly isBase64?: boolean },
): Payload | null {
  if (isObject(value)) {
    const bytes = bytesIn(value);
    if (bytes !== null) return ofFrame(bytes);
    return { frame: JSON.stringify(value), message: value, known: directionOf(value) };
  }
  if (typeof value !== 'string' || value === '') return null;
  const text = unquoted(value);
  const message = objectIn(text);
  if (message !== null) return { frame: text, message, known: directionOf(message) };
  if (!isBinary && !isBase64 && !BASE64.test(text)) return ofFrame(text);
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  // Where everything is written down as base64, JSON was text on the wire.
  const isText = !isBinary && objectIn(bytes) !== null;
  return ofFrame(isText ? new TextDecoder().decode(bytes) : bytes);
}

function ofFrame(frame: Frame): Payload {
  const message = objectIn(frame);
  return { frame, message, known: message === null ? null : directionOf(message) };
}

function directionOf(message: JsonObject): Direction | null {
  return knownMessage(message)?.direction ?? null;
}

/** `{"type": "Buffer", "data": [1, 2]}`, as Node writes bytes down. */
function bytesIn(value: JsonObject): Uint8Array | null {
  const { type, data } = value;
  return type === 'Buffer' && Array.isArray(data) ? Uint8Array.from(data as number[]) : null;
}

/** JSON that was written down as a text of JSON. */
function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    const inner: unknown = JSON.parse(text);
    return typeof inner === 'string' ? inner : text;
  } catch {
    return text;
  }
}

function saysBinary(entry: JsonObject): boolean {
  if (entry['opcode'] === 2 || entry['binary'] === true || entry['isBinary'] === true) return true;
  const words = ['kind', 'type', 'encoding', 'format', 'opcode', 'ev', 'frame_type', 'frameType'];
  return words.some((name) => SAYS_BINARY.test(stringAt(entry, name) ?? ''));
}
