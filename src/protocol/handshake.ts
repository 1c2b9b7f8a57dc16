/** Control frames: how an attachment begins, changes hands and ends, as closed JSON (PROTOCOL.md, P9 to P11). */
import { putU32, u16At, u32At } from './bytes.ts';
import { isMembers, readJson, writeJson } from './json.ts';
import {
  MAX_BEARER_CHARS,
  MAX_CONTROL_JSON_BYTES,
  MAX_FRAME_BYTES,
  MAX_POSITION,
  MAX_SEQ,
  MAX_SESSION_MS,
} from './limits.ts';
import {
  fieldsOf,
  integer,
  list,
  members,
  number,
  oneOf,
  optional,
  orNull,
  text,
  type Rules,
  type Schema,
} from './schema.ts';
import type {
  AuthFrame,
  AuthOkFrame,
  ControlFrame,
  FinAckFrame,
  FinFrame,
  GoAwayFrame,
  HelloFrame,
  Malformed,
  RefusedFrame,
  WelcomeFrame,
} from './types.ts';
import { FRAME_TYPE, U32_MAX, malformed, must } from './wire.ts';

const HEADER_BYTES = 8;
const VERSION = 1;
/** The largest that a Date takes: ECMA-262, section 21.4.1.1. */
const MAX_WALL_MS = 8.64e15;
/** A ping every few milliseconds would be a flood that the other end asked for. */
const MIN_INTERVAL_MS = 10;

/** 128 bits in any of the usual alphabets; no character that means something in a file name, a subject or a header. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;
/** Safe where names differ by case alone, too. */
const SESSION_ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
const TOKEN = /^[A-Za-z0-9_-]{1,128}$/;
const APP = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const CAPABILITY = /^[a-z0-9][a-z0-9.-]{0,31}$/;
const ADDRESS = /^wss?:\/\/[\x21-\x7e]{1,506}$/;
/** Visible ASCII and spaces: fit for a log, a header and a close frame. */
const PRINTABLE = /^[\x20-\x7e]{0,123}$/;
const BEARER = new RegExp(`^[\\x21-\\x7e]{1,${MAX_BEARER_CHARS}}$`);

const seqOrZero = integer(0, MAX_SEQ);
/** One beyond the newest is a place, not a frame: it may be 2^31. */
const seqToCome = integer(1, MAX_SEQ + 1);
const position = integer(0, MAX_POSITION);
const wallMs = number(0, MAX_WALL_MS);
const durationMs = number(0, MAX_SESSION_MS);

const HELLO: Schema<HelloFrame> = {
  v: oneOf(VERSION),
  mode: oneOf('new', 'resume'),
  auth: optional(text(BEARER)),
  inst: text(ID),
  att: integer(1, MAX_SEQ),
  sid: optional(text(SESSION_ID)),
  resume: optional(text(TOKEN)),
  epoch: integer(0, MAX_SEQ), // there is room for all that follow it
  low: seqToCome,
  next: seqToCome,
  acked: seqOrZero,
  rcv: seqOrZero,
  fin: position,
  clock: members<HelloFrame['clock']>({ wall: wallMs, mono: number(0, Number.MAX_SAFE_INTEGER) }),
  audio: members<HelloFrame['audio']>({
    encoding: oneOf('pcm_s16le', 'opus'),
    sampleRateHz: integer(8_000, 48_000),
  }),
  app: optional(text(APP)),
  caps: list(CAPABILITY, 32),
  client: text(PRINTABLE),
};

const WELCOME: Schema<WelcomeFrame> = {
  v: oneOf(VERSION),
  sid: text(SESSION_ID),
  epoch: integer(1, MAX_SEQ),
  lin: text(ID),
  resumed: oneOf(true, false),
  up: seqOrZero,
  position: optional(position),
  downFrom: seqToCome,
  maxSeq: integer(0, U32_MAX),
  resume: text(TOKEN),
  graceMs: durationMs,
  retainMs: durationMs,
  maxFrame: integer(1_024, MAX_FRAME_BYTES),
  durability: oneOf('memory', 'fsync', 'replicated', 'fsync-quorum'),
  ping: members<WelcomeFrame['ping']>({
    idleMs: number(MIN_INTERVAL_MS, MAX_SESSION_MS),
    deadMs: number(MIN_INTERVAL_MS, MAX_SESSION_MS),
  }),
  caps: list(CAPABILITY, 32),
  at: optional(text(ADDRESS)),
  now: wallMs,
};

const REFUSED: Schema<RefusedFrame> = {
  code: integer(4_000, 4_999),
  reason: text(PRINTABLE),
  retryAfterMs: optional(durationMs),
  to: optional(list(ADDRESS, 16)),
  up: optional(seqOrZero),
  lastSeq: optional(seqOrZero),
  why: optional(text(PRINTABLE)),
  unhandled: optional(seqOrZero),
};

const GO_AWAY: Schema<GoAwayFrame> = {
  deadlineMs: durationMs,
  to: list(ADDRESS, 16),
  reason: text(PRINTABLE),
};

const AUTH: Schema<AuthFrame> = { auth: text(BEARER) };
const AUTH_OK: Schema<AuthOkFrame> = { expiresInMs: orNull(number(0, Number.MAX_SAFE_INTEGER)) };
const FIN: Schema<FinFrame> = { lastSeq: seqOrZero };
const FIN_ACK: Schema<FinAckFrame> = { up: seqOrZero, lastSeq: seqOrZero };

const SCHEMAS: Readonly<Record<ControlFrame['type'], Rules>> = {
  hello: HELLO,
  welcome: WELCOME,
  refused: REFUSED,
  goAway: GO_AWAY,
  auth: AUTH,
  authOk: AUTH_OK,
  fin: FIN,
  finAck: FIN_ACK,
};

type ControlType = ControlFrame['type'];

const TYPE_BY_BYTE = new Map<number, ControlType>(
  (Object.keys(SCHEMAS) as readonly ControlType[]).map((type) => [FRAME_TYPE[type], type]),
);

/** Null for what is no control frame. */
export function controlTypeOf(byte: number): ControlType | null {
  return TYPE_BY_BYTE.get(byte) ?? null;
}

/** @throws RangeError for a member that the other end would refuse. */
export function encodeControl(frame: ControlFrame): Uint8Array {
  const read = fieldsOf(SCHEMAS[frame.type], frame);
  if (read.bad !== null) throw new RangeError(`${frame.type}.${read.bad} is not of tenuto.v1`);
  const wrong = frame.type === 'hello' ? helloProblem(frame) : null;
  must(wrong === null, wrong ?? '');
  const json = writeJson(read.fields, MAX_CONTROL_JSON_BYTES);

  const bytes = new Uint8Array(HEADER_BYTES + json.length);
  bytes[0] = FRAME_TYPE[frame.type];
  putU32(bytes, 4, json.length);
  bytes.set(json, HEADER_BYTES);
  return bytes;
}

export function readControl(type: ControlType, bytes: Uint8Array): ControlFrame | Malformed {
  if (bytes.length < HEADER_BYTES) return malformed(`${type}: shorter than its header`);
  if (u16At(bytes, 1) !== 0 || bytes[3] !== 0) return malformed(`${type}: flags`);
  if (u32At(bytes, 4) !== bytes.length - HEADER_BYTES) return malformed(`${type}: length`);
  const json = readJson(bytes.subarray(HEADER_BYTES), MAX_CONTROL_JSON_BYTES);
  if (!json.isValid) return malformed(`${type}: ${json.problem}`);
  if (isOfAnotherVersion(type, json.value)) return malformed(`${type}: version`, 4414);

  const read = fieldsOf(SCHEMAS[type], json.value);
  if (read.bad !== null) return malformed(`${type}: ${read.bad}`);
  const fields = Object.assign(Object.create(null), { type }, read.fields) as unknown;
  const frame = fields as ControlFrame;
  if (frame.type !== 'hello') return frame;
  const wrong = helloProblem(frame);
  return wrong === null ? withoutForeignClaims(frame) : malformed(wrong);
}

/** What another version's members mean is not known, so they are not looked at. */
function isOfAnotherVersion(type: ControlType, value: unknown): boolean {
  if ((type !== 'hello' && type !== 'welcome') || !isMembers(value)) return false;
  return Number.isInteger(value['v']) && value['v'] !== VERSION;
}

function helloProblem({ mode, sid, resume, low, next, acked }: HelloFrame): string | null {
  if (mode === 'resume' && (sid === undefined || resume === undefined)) {
    return 'hello: a resume without sid or token';
  }
  return low > next || acked >= next ? 'hello: low, next, acked' : null;
}

/** Whoever begins anew names no session: the gateway does. */
function withoutForeignClaims(frame: HelloFrame): HelloFrame {
  if (frame.mode === 'resume') return frame;
  const own = Object.entries(frame).filter(([key]) => key !== 'sid' && key !== 'resume');
  return Object.assign(Object.create(null), Object.fromEntries(own)) as HelloFrame;
}
