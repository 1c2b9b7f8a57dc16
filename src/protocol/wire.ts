/** The numbers that stand for names on the wire (PROTOCOL.md, P3 and P4), and what the codec's parts share. */
import { MAX_SEQ } from './limits.ts';
import type { Codec, GapCause, Malformed } from './types.ts';

/** The first byte of each frame. */
export const FRAME_TYPE = {
  data: 0x01,
  ack: 0x02,
  gap: 0x03,
  ping: 0x04,
  pong: 0x05,
  hint: 0x06,
  hello: 0x40,
  welcome: 0x41,
  refused: 0x42,
  goAway: 0x43,
  auth: 0x44,
  authOk: 0x45,
  fin: 0x46,
  finAck: 0x47,
} as const;

/** A type with this bit may be passed over by who does not know it. */
export const IGNORABLE_BIT = 0x80;

export const FLAG = {
  endOfStream: 1,
  discontinuity: 2,
  retransmission: 4,
  speech: 8,
} as const;

/** By their number, in the upper four bits of a data frame's flags. */
export const CODECS: readonly Codec[] = ['pcm_s16le', 'opus', 'json', 'binary', 'text'];
export const CODEC_SHIFT = 4;

/** By their number, from 1. */
export const GAP_CAUSES: readonly GapCause[] = [
  'ringOverflow',
  'capturePaused',
  'clientRestarted',
  'storeLoss',
  'graceExpired',
  'overQuota',
  'source',
];

/** Data, ack, gap, ping, pong and hint have it here. */
export const EPOCH_AT = 4;

export const U16_MAX = 0xffff;
export const U32_MAX = 0xffff_ffff;

export function malformed(what: string, code: Malformed['code'] = 4400): Malformed {
  return { type: 'malformed', code, what };
}

export function isSeq(value: number): boolean {
  return value >= 1 && value <= MAX_SEQ;
}

/** What stands for "none yet" as well. */
export function isSeqOrZero(value: number): boolean {
  return value >= 0 && value <= MAX_SEQ;
}

/** @throws RangeError for what the wire cannot carry, and the other end would take for something else. */
export function must(isRight: boolean, what: string): void {
  if (!isRight) throw new RangeError(`tenuto.v1 cannot carry it: ${what}`);
}

/** @throws RangeError unless it is a whole number from 0 to `max`. */
export function mustFit(value: number, max: number, what: string): void {
  must(Number.isInteger(value) && value >= 0 && value <= max, what);
}

/** A moment as the wire has it: whole milliseconds, none before the anchor. */
export function wholeMs(ms: number): number {
  return Math.min(U32_MAX, Math.max(0, Math.trunc(ms)));
}
