/** What is numbered: data and gaps (PROTOCOL.md, P4 and P5). Both carry a checksum over the whole frame. */
import { putU16, putU32, u16At, u32At } from './bytes.ts';
import { crc32cAround } from './crc32c.ts';
import { MAX_FRAME_BYTES, MAX_POSITION, MAX_SEQ } from './limits.ts';
import type { Codec, DataFrame, GapFrame, Malformed } from './types.ts';
import {
  CODECS,
  CODEC_SHIFT,
  EPOCH_AT,
  FLAG,
  FRAME_TYPE,
  GAP_CAUSES,
  U16_MAX,
  U32_MAX,
  isSeq,
  malformed,
  must,
  mustFit,
  wholeMs,
} from './wire.ts';

export const DATA_HEADER_BYTES = 24;
const DATA_CRC_AT = 20;
export const GAP_BYTES = 36;
const GAP_CRC_AT = 32;
const BYTES_PER_SAMPLE = 2;

/**
 * Header and payload into `target`, from its first byte; nothing is allocated.
 * @returns bytes written: 24 and those of the payload.
 * @throws RangeError for what does not fit into `target`, or into tenuto.v1.
 */
export function writeData(target: Uint8Array, frame: Omit<DataFrame, 'type'>): number {
  const { payload, position } = frame;
  const lengthBytes = DATA_HEADER_BYTES + payload.length;
  must(lengthBytes <= target.length, 'a data frame longer than its place');
  must(lengthBytes <= MAX_FRAME_BYTES, 'a data frame of more than 64 KiB');
  mustFit(frame.seq - 1, MAX_SEQ - 1, 'seq');
  mustFit(frame.epoch, U32_MAX, 'epoch');
  mustFit(frame.channel, U16_MAX, 'channel');
  mustFit(position, MAX_POSITION, 'position');
  const wrong = payloadProblem(frame.codec, frame.channel, position, payload.length);
  must(wrong === null, wrong ?? '');

  target[0] = FRAME_TYPE.data;
  target[1] = flagsOf(frame);
  putU16(target, 2, frame.channel);
  putU32(target, EPOCH_AT, frame.epoch);
  putU32(target, 8, frame.seq);
  putU32(target, 12, position);
  putU32(target, 16, wholeMs(frame.capturedAtMs));
  target.set(payload, DATA_HEADER_BYTES);
  putU32(target, DATA_CRC_AT, crc32cAround(target, DATA_CRC_AT, lengthBytes));
  return lengthBytes;
}

export function readData(bytes: Uint8Array): DataFrame | Malformed {
  if (bytes.length < DATA_HEADER_BYTES) return malformed('data: shorter than its header');
  const flags = bytes[1] ?? 0;
  const channel = u16At(bytes, 2);
  const seq = u32At(bytes, 8);
  const position = u32At(bytes, 12);
  const codec = CODECS[flags >>> CODEC_SHIFT];
  if (codec === undefined) return malformed('data: a codec of no meaning');
  if (!isSeq(seq)) return malformed('data: seq');
  const wrong = payloadProblem(codec, channel, position, bytes.length - DATA_HEADER_BYTES);
  if (wrong !== null) return malformed(wrong);
  if (crc32cAround(bytes, DATA_CRC_AT, bytes.length) !== u32At(bytes, DATA_CRC_AT)) {
    return malformed('data: checksum');
  }
  return {
    type: 'data',
    channel,
    epoch: u32At(bytes, EPOCH_AT),
    seq,
    position,
    capturedAtMs: u32At(bytes, 16),
    codec,
    isEndOfStream: (flags & FLAG.endOfStream) !== 0,
    isDiscontinuity: (flags & FLAG.discontinuity) !== 0,
    isRetransmission: (flags & FLAG.retransmission) !== 0,
    isSpeech: (flags & FLAG.speech) !== 0,
    payload: bytes.subarray(DATA_HEADER_BYTES),
  };
}

/** @throws RangeError */
export function encodeData(frame: DataFrame): Uint8Array {
  const bytes = new Uint8Array(DATA_HEADER_BYTES + frame.payload.length);
  writeData(bytes, frame);
  return bytes;
}

/** @throws RangeError */
export function encodeGap(frame: GapFrame): Uint8Array {
  const [fromMs, toMs] = [wholeMs(frame.fromMs), wholeMs(frame.toMs)];
  mustFit(frame.fromSeq - 1, MAX_SEQ - 1, 'fromSeq');
  mustFit(frame.toSeq - frame.fromSeq, MAX_SEQ - frame.fromSeq, 'toSeq');
  mustFit(frame.epoch, U32_MAX, 'epoch');
  mustFit(frame.channel, U16_MAX, 'channel');
  mustFit(frame.position, MAX_POSITION, 'position');
  mustFit(frame.samplesLost, MAX_POSITION - frame.position, 'samplesLost');
  must(fromMs <= toMs, 'a gap that ends before it begins');

  const bytes = new Uint8Array(GAP_BYTES);
  bytes[0] = FRAME_TYPE.gap;
  bytes[1] = GAP_CAUSES.indexOf(frame.cause) + 1;
  putU16(bytes, 2, frame.channel);
  putU32(bytes, EPOCH_AT, frame.epoch);
  putU32(bytes, 8, frame.fromSeq);
  putU32(bytes, 12, frame.toSeq);
  putU32(bytes, 16, frame.position);
  putU32(bytes, 20, frame.samplesLost);
  putU32(bytes, 24, fromMs);
  putU32(bytes, 28, toMs);
  putU32(bytes, GAP_CRC_AT, crc32cAround(bytes, GAP_CRC_AT, GAP_BYTES));
  return bytes;
}

export function readGap(bytes: Uint8Array): GapFrame | Malformed {
  if (bytes.length !== GAP_BYTES) return malformed('gap: length');
  const cause = GAP_CAUSES[(bytes[1] ?? 0) - 1];
  const [fromSeq, toSeq] = [u32At(bytes, 8), u32At(bytes, 12)];
  const [position, samplesLost] = [u32At(bytes, 16), u32At(bytes, 20)];
  const [fromMs, toMs] = [u32At(bytes, 24), u32At(bytes, 28)];
  if (cause === undefined) return malformed('gap: a cause of no meaning');
  if (!isSeq(fromSeq) || !isSeq(toSeq) || fromSeq > toSeq) return malformed('gap: seq');
  if (position + samplesLost > MAX_POSITION) return malformed('gap: position');
  if (fromMs > toMs) return malformed('gap: it ends before it begins');
  if (crc32cAround(bytes, GAP_CRC_AT, GAP_BYTES) !== u32At(bytes, GAP_CRC_AT)) {
    return malformed('gap: checksum');
  }
  const channel = u16At(bytes, 2);
  const epoch = u32At(bytes, EPOCH_AT);
  const shared = { channel, epoch, position, cause } as const;
  return { type: 'gap', ...shared, fromSeq, toSeq, samplesLost, fromMs, toMs };
}

/** Of a frame that was made with `encodeFrame` or `writeData`: puts the checksum right after a change. */
export function seal(bytes: Uint8Array): void {
  if (bytes[0] === FRAME_TYPE.data) {
    putU32(bytes, DATA_CRC_AT, crc32cAround(bytes, DATA_CRC_AT, bytes.length));
  } else if (bytes[0] === FRAME_TYPE.gap) {
    putU32(bytes, GAP_CRC_AT, crc32cAround(bytes, GAP_CRC_AT, GAP_BYTES));
  }
}

function payloadProblem(
  codec: Codec,
  channel: number,
  position: number,
  lengthBytes: number,
): string | null {
  const isAudio = codec === 'pcm_s16le' || codec === 'opus';
  if (isAudio && channel === 0) return 'data: audio on channel 0';
  if (codec !== 'pcm_s16le') return null;
  if (lengthBytes % BYTES_PER_SAMPLE !== 0) return 'data: half a sample';
  return position + lengthBytes / BYTES_PER_SAMPLE > MAX_POSITION ? 'data: position' : null;
}

function flagsOf(frame: Omit<DataFrame, 'type'>): number {
  return (
    (frame.isEndOfStream ? FLAG.endOfStream : 0) |
    (frame.isDiscontinuity ? FLAG.discontinuity : 0) |
    (frame.isRetransmission ? FLAG.retransmission : 0) |
    (frame.isSpeech ? FLAG.speech : 0) |
    (CODECS.indexOf(frame.codec) << CODEC_SHIFT)
  );
}
