/** The frames of tenuto.v1, read and written by the words of PROTOCOL.md alone: nothing here comes from the product. */

export interface Data {
  readonly type: 0x01;
  readonly flags: number;
  readonly codec: number;
  readonly channel: number;
  readonly epoch: number;
  readonly seq: number;
  readonly position: number;
  readonly capturedAtMs: number;
  readonly payload: Uint8Array;
}

export interface Gap {
  readonly type: 0x03;
  readonly cause: number;
  readonly channel: number;
  readonly epoch: number;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly position: number;
  readonly samplesLost: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Ack {
  readonly type: 0x02;
  readonly epoch: number;
  readonly committed: number;
  readonly maxSeq: number;
}

export interface Sign {
  readonly type: 0x04 | 0x05;
  readonly nonce: number;
  readonly epoch: number;
  readonly lastSent: number;
  readonly received: number;
  readonly committed: number;
  readonly maxSeq: number;
  readonly sentAtMs: number;
  readonly echoMs: number;
}

export type Members = Readonly<Record<string, unknown>>;

/** P9. */
export interface Control {
  readonly type: 0x40 | 0x41 | 0x42 | 0x43 | 0x44 | 0x45 | 0x46 | 0x47;
  readonly members: Members;
}

export type Read =
  | Data
  | Gap
  | Ack
  | Sign
  | Control
  /** HINT: for now, and of no number. */
  | { readonly type: 0x06; readonly epoch: number; readonly members: Members }
  | { readonly type: 'passedOver' }
  | { readonly type: 'wrong'; readonly code: 4400 | 4413 };

const WRONG = { type: 'wrong', code: 4400 } as const;
const MAX_BYTES = 65_536;
const MAX_JSON_BYTES = 8_192;
const MAX_SEQ = 2 ** 31 - 1;

/** P3.6: bit by bit, as RFC 3720 has it. */
function crc32c(bytes: Uint8Array, zerosAt: number): number {
  let crc = 0xffffffff;
  bytes.forEach((byte, at) => {
    crc ^= at >= zerosAt && at < zerosAt + 4 ? 0 : byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  });
  return ~crc >>> 0;
}

export function read(bytes: Uint8Array): Read {
  if (bytes.length > MAX_BYTES) return { type: 'wrong', code: 4413 };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const u32 = (at: number) => view.getUint32(at, true);
  const type = bytes[0] ?? 0;
  switch (type) {
    case 0x01:
      return bytes.length < 24 ? WRONG : dataIn(bytes, view);
    case 0x02:
      return bytes.length < 20 || bytes.length !== 20 + 8 * view.getUint16(2, true)
        ? WRONG
        : { type, epoch: u32(4), committed: u32(8), maxSeq: u32(12) };
    case 0x03:
      return bytes.length === 36 ? gapIn(bytes, view) : WRONG;
    case 0x04:
    case 0x05:
      return bytes.length === (type === 0x04 ? 28 : 32) && bytes[1] === 0 ? signIn(view) : WRONG;
    case 0x06: {
      if (bytes.length < 16 || bytes.length !== 16 + u32(12)) return WRONG;
      const members = jsonIn(bytes.subarray(16));
      return members === null ? WRONG : { type, epoch: u32(4), members };
    }
    default:
      if (type >= 0x80) return { type: 'passedOver' }; // P3.3
      return type >= 0x40 && type <= 0x47 ? controlIn(type as Control['type'], bytes, view) : WRONG;
  }
}

function dataIn(bytes: Uint8Array, view: DataView): Read {
  const u32 = (at: number) => view.getUint32(at, true);
  const [, second = 0] = bytes;
  const [codec, channel] = [second >> 4, view.getUint16(2, true)];
  const isWhole = crc32c(bytes, 20) === u32(20);
  const isInRange = codec <= 4 && u32(8) >= 1 && u32(8) <= MAX_SEQ && (codec > 1 || channel !== 0);
  if (!isWhole || !isInRange) return WRONG;
  return {
    ...({ type: 0x01, flags: second & 15, codec, channel, epoch: u32(4) } as const),
    ...{ seq: u32(8), position: u32(12), capturedAtMs: u32(16), payload: bytes.slice(24) },
  };
}

function gapIn(bytes: Uint8Array, view: DataView): Read {
  const u32 = (at: number) => view.getUint32(at, true);
  const [cause, isWhole] = [view.getUint8(1), crc32c(bytes, 32) === u32(32)];
  const areNumbers = u32(8) >= 1 && u32(8) <= u32(12) && u32(12) <= MAX_SEQ;
  if (!isWhole || !areNumbers || cause < 1 || cause > 7 || u32(24) > u32(28)) return WRONG;
  return {
    ...({ type: 0x03, cause, channel: view.getUint16(2, true), epoch: u32(4) } as const),
    ...{ fromSeq: u32(8), toSeq: u32(12), position: u32(16), samplesLost: u32(20) },
    ...{ fromMs: u32(24), toMs: u32(28) },
  };
}

function signIn(view: DataView): Sign {
  const u32 = (at: number) => view.getUint32(at, true);
  const type = view.getUint8(0) as Sign['type'];
  return {
    ...{ type, nonce: view.getUint16(2, true), epoch: u32(4), lastSent: u32(8) },
    ...{ received: u32(12), committed: u32(16), maxSeq: u32(20), sentAtMs: u32(24) },
    echoMs: type === 0x05 ? u32(28) : 0,
  };
}

function controlIn(type: Control['type'], bytes: Uint8Array, view: DataView): Read {
  if (bytes.length < 8 || bytes[1] !== 0 || bytes[2] !== 0 || bytes[3] !== 0) return WRONG;
  const length = view.getUint32(4, true);
  if (length > MAX_JSON_BYTES || bytes.length !== 8 + length) return WRONG;
  const members = jsonIn(bytes.subarray(8));
  return members === null ? WRONG : { type, members };
}

/** P9.3, as far as a parser of the platform keeps it. */
function jsonIn(bytes: Uint8Array): Members | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Members) : null;
  } catch {
    return null;
  }
}

/** A final, in an event: P4.6, P23. */
export function eventIn({ codec, payload }: Data): Members | null {
  return codec === 2 ? jsonIn(payload) : null;
}

function put(length: number, type: number, second: number, third: number, words: number[]) {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes[0] = type;
  bytes[1] = second;
  view.setUint16(2, third, true);
  words.forEach((word, at) => view.setUint32(4 + 4 * at, word, true));
  return { bytes, view };
}

export function dataOf({ flags, codec, channel, ...rest }: Omit<Data, 'type'>): Uint8Array {
  const { epoch, seq, position, capturedAtMs, payload } = rest;
  const words = [epoch, seq, position, capturedAtMs];
  const { bytes, view } = put(24 + payload.length, 0x01, flags | (codec << 4), channel, words);
  bytes.set(payload, 24);
  view.setUint32(20, crc32c(bytes, 20), true);
  return bytes;
}

export function gapOf({ cause, channel, epoch, fromSeq, toSeq, ...rest }: Omit<Gap, 'type'>) {
  const { position, samplesLost, fromMs, toMs } = rest;
  const words = [epoch, fromSeq, toSeq, position, samplesLost, fromMs, toMs];
  const { bytes, view } = put(36, 0x03, cause, channel, words);
  view.setUint32(32, crc32c(bytes, 32), true);
  return bytes;
}

/** A client that sets no bound says 2^32 − 1: P7.1. */
export function ackOf(epoch: number, committed: number): Uint8Array {
  return put(20, 0x02, 0, 0, [epoch, committed, 0xffffffff, 0]).bytes;
}

export function signOf({ type, nonce, ...rest }: Sign): Uint8Array {
  const { epoch, lastSent, received, committed, maxSeq, sentAtMs, echoMs } = rest;
  const words = [epoch, lastSent, received, committed, maxSeq, sentAtMs];
  if (type === 0x05) words.push(echoMs);
  return put(4 + 4 * words.length, type, 0, nonce, words).bytes;
}

export function controlOf(type: Control['type'], members: Members): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(members));
  const { bytes } = put(8 + json.length, type, 0, 0, [json.length]);
  bytes.set(json, 8);
  return bytes;
}
