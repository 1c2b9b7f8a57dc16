/** What is not numbered and may be lost: acknowledgements, pings, hints (PROTOCOL.md, P6 to P8). */
import { putU16, putU32, u16At, u32At } from './bytes.ts';
import { readJson, writeJson } from './json.ts';
import { MAX_FRAME_BYTES, MAX_SACK_RANGES, MAX_SEQ } from './limits.ts';
import type { AckFrame, HintFrame, Malformed, PingFrame, PongFrame, SeqRange } from './types.ts';
import {
  EPOCH_AT,
  FRAME_TYPE,
  U16_MAX,
  U32_MAX,
  isSeqOrZero,
  malformed,
  must,
  mustFit,
  wholeMs,
} from './wire.ts';

const ACK_HEADER_BYTES = 20;
const RANGE_BYTES = 8;
const FLAG_SACK = 1;
const PING_BYTES = 28;
const PONG_BYTES = 32;
const HINT_HEADER_BYTES = 16;
const MAX_HINT_JSON_BYTES = MAX_FRAME_BYTES - HINT_HEADER_BYTES;

const NO_RANGES: readonly SeqRange[] = Object.freeze([]);

/** @throws RangeError */
export function encodeAck(frame: AckFrame): Uint8Array {
  const { ranges } = frame;
  mustFit(frame.epoch, U32_MAX, 'epoch');
  mustFit(frame.committed, MAX_SEQ, 'committed');
  mustFit(frame.maxSeq, U32_MAX, 'maxSeq');
  mustFit(ranges.length, MAX_SACK_RANGES, 'more than 32 ranges');
  for (const { from, to } of ranges) {
    mustFit(from, MAX_SEQ, 'from');
    mustFit(to, MAX_SEQ, 'to');
  }
  must(isInOrder(ranges, frame.committed), 'ranges out of order');

  const bytes = new Uint8Array(ACK_HEADER_BYTES + RANGE_BYTES * ranges.length);
  bytes[0] = FRAME_TYPE.ack;
  bytes[1] = ranges.length > 0 ? FLAG_SACK : 0;
  putU16(bytes, 2, ranges.length);
  putU32(bytes, EPOCH_AT, frame.epoch);
  putU32(bytes, 8, frame.committed);
  putU32(bytes, 12, frame.maxSeq);
  putU32(bytes, 16, wholeMs(frame.ackDelayMs));
  ranges.forEach(({ from, to }, index) => {
    putU32(bytes, ACK_HEADER_BYTES + RANGE_BYTES * index, from);
    putU32(bytes, ACK_HEADER_BYTES + RANGE_BYTES * index + 4, to);
  });
  return bytes;
}

export function readAck(bytes: Uint8Array): AckFrame | Malformed {
  const count = u16At(bytes, 2);
  if (count > MAX_SACK_RANGES) return malformed('ack: more than 32 ranges');
  if (bytes.length !== ACK_HEADER_BYTES + RANGE_BYTES * count) return malformed('ack: length');
  if (bytes[1] !== (count > 0 ? FLAG_SACK : 0)) return malformed('ack: flags');
  const committed = u32At(bytes, 8);
  if (!isSeqOrZero(committed)) return malformed('ack: committed');
  const ranges = count === 0 ? NO_RANGES : rangesIn(bytes, count);
  if (!isInOrder(ranges, committed)) return malformed('ack: ranges');
  return {
    type: 'ack',
    epoch: u32At(bytes, EPOCH_AT),
    committed,
    maxSeq: u32At(bytes, 12),
    ackDelayMs: u32At(bytes, 16),
    ranges,
  };
}

/** @throws RangeError */
export function encodePing(frame: PingFrame | PongFrame): Uint8Array {
  mustFit(frame.nonce, U16_MAX, 'nonce');
  mustFit(frame.epoch, U32_MAX, 'epoch');
  mustFit(frame.lastSent, MAX_SEQ, 'lastSent');
  mustFit(frame.received, MAX_SEQ, 'received');
  mustFit(frame.committed, MAX_SEQ, 'committed');
  mustFit(frame.maxSeq, U32_MAX, 'maxSeq');

  const bytes = new Uint8Array(frame.type === 'ping' ? PING_BYTES : PONG_BYTES);
  bytes[0] = FRAME_TYPE[frame.type];
  putU16(bytes, 2, frame.nonce);
  putU32(bytes, EPOCH_AT, frame.epoch);
  putU32(bytes, 8, frame.lastSent);
  putU32(bytes, 12, frame.received);
  putU32(bytes, 16, frame.committed);
  putU32(bytes, 20, frame.maxSeq);
  putU32(bytes, 24, wholeMs(frame.sentAtMs));
  if (frame.type === 'pong') putU32(bytes, 28, wholeMs(frame.echoMs));
  return bytes;
}

export function readPing(bytes: Uint8Array): PingFrame | PongFrame | Malformed {
  const isPing = bytes[0] === FRAME_TYPE.ping;
  if (bytes.length !== (isPing ? PING_BYTES : PONG_BYTES)) return malformed('ping: length');
  if (bytes[1] !== 0) return malformed('ping: flags');
  const standing = {
    nonce: u16At(bytes, 2),
    epoch: u32At(bytes, EPOCH_AT),
    lastSent: u32At(bytes, 8),
    received: u32At(bytes, 12),
    committed: u32At(bytes, 16),
    maxSeq: u32At(bytes, 20),
    sentAtMs: u32At(bytes, 24),
  };
  const { lastSent, received, committed } = standing;
  if (!isSeqOrZero(lastSent) || !isSeqOrZero(received) || !isSeqOrZero(committed)) {
    return malformed('ping: seq');
  }
  if (isPing) return { type: 'ping', ...standing };
  return { type: 'pong', ...standing, echoMs: u32At(bytes, 28) };
}

/** @throws RangeError, also for JSON that the other end would refuse. */
export function encodeHint(frame: HintFrame): Uint8Array {
  mustFit(frame.channel, U16_MAX, 'channel');
  mustFit(frame.epoch, U32_MAX, 'epoch');
  mustFit(frame.ofSeq, MAX_SEQ, 'ofSeq');
  const json = writeJson(frame.json, MAX_HINT_JSON_BYTES);

  const bytes = new Uint8Array(HINT_HEADER_BYTES + json.length);
  bytes[0] = FRAME_TYPE.hint;
  putU16(bytes, 2, frame.channel);
  putU32(bytes, EPOCH_AT, frame.epoch);
  putU32(bytes, 8, frame.ofSeq);
  putU32(bytes, 12, json.length);
  bytes.set(json, HINT_HEADER_BYTES);
  return bytes;
}

export function readHint(bytes: Uint8Array): HintFrame | Malformed {
  if (bytes.length < HINT_HEADER_BYTES) return malformed('hint: shorter than its header');
  if (bytes[1] !== 0) return malformed('hint: flags');
  if (u32At(bytes, 12) !== bytes.length - HINT_HEADER_BYTES) return malformed('hint: length');
  const ofSeq = u32At(bytes, 8);
  if (!isSeqOrZero(ofSeq)) return malformed('hint: seq');
  const read = readJson(bytes.subarray(HINT_HEADER_BYTES), MAX_HINT_JSON_BYTES);
  if (!read.isValid) return malformed(`hint: ${read.problem}`);
  const channel = u16At(bytes, 2);
  return { type: 'hint', channel, epoch: u32At(bytes, EPOCH_AT), ofSeq, json: read.value };
}

function rangesIn(bytes: Uint8Array, count: number): readonly SeqRange[] {
  return Array.from({ length: count }, (_, index) => {
    const at = ACK_HEADER_BYTES + RANGE_BYTES * index;
    return { from: u32At(bytes, at), to: u32At(bytes, at + 4) };
  });
}

/** Each begins beyond the one before, and the first beyond what is committed. */
function isInOrder(ranges: readonly SeqRange[], committed: number): boolean {
  let end = committed;
  for (const { from, to } of ranges) {
    if (from <= end || from > to || to > MAX_SEQ) return false;
    end = to;
  }
  return true;
}
