// The layouts of PROTOCOL.md once more, by hand and without the product's own codec: what that one writes is compared with this.

import { Buffer } from 'node:buffer';

export const u8 = (value) => [value & 0xff];
export const u16 = (value) => [value & 0xff, (value >>> 8) & 0xff];
export const u32 = (value) => [...u16(value & 0xffff), ...u16(Math.floor(value / 0x10000))];
export const utf8 = (text) => [...Buffer.from(text, 'utf8')];
export const hex = (bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');

export const CODEC = { pcm_s16le: 0, opus: 1, json: 2, binary: 3, text: 4 };
export const CAUSE = {
  ringOverflow: 1,
  capturePaused: 2,
  clientRestarted: 3,
  storeLoss: 4,
  graceExpired: 5,
  overQuota: 6,
  source: 7,
};
export const CONTROL = {
  hello: 0x40,
  welcome: 0x41,
  refused: 0x42,
  goAway: 0x43,
  auth: 0x44,
  authOk: 0x45,
  fin: 0x46,
  finAck: 0x47,
};

/** RFC 3720, appendix B.4, a bit at a time. */
export function crc32c(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** The checksum covers the whole frame, its own four bytes as zeros. */
function sealed(before, after = []) {
  return [...before, ...u32(crc32c([...before, 0, 0, 0, 0, ...after])), ...after];
}

export function data(frame) {
  const flags =
    (frame.isEndOfStream ? 1 : 0) +
    (frame.isDiscontinuity ? 2 : 0) +
    (frame.isRetransmission ? 4 : 0) +
    (frame.isSpeech ? 8 : 0) +
    (CODEC[frame.codec] ?? frame.codec) * 16;
  const { channel, epoch, seq, position, capturedAtMs, payload } = frame;
  return sealed(
    [
      ...[...u8(0x01), ...u8(flags), ...u16(channel), ...u32(epoch)],
      ...[...u32(seq), ...u32(position), ...u32(capturedAtMs)],
    ],
    payload,
  );
}

export function gap(frame) {
  const { channel, epoch, fromSeq, toSeq, position, samplesLost, fromMs, toMs } = frame;
  return sealed([
    ...[...u8(0x03), ...u8(CAUSE[frame.cause] ?? frame.cause), ...u16(channel), ...u32(epoch)],
    ...[fromSeq, toSeq, position, samplesLost, fromMs, toMs].flatMap(u32),
  ]);
}

export function ack({ epoch, committed, maxSeq, ackDelayMs, ranges }, flags) {
  return [
    ...[...u8(0x02), ...u8(flags ?? (ranges.length > 0 ? 1 : 0)), ...u16(ranges.length)],
    ...[epoch, committed, maxSeq, ackDelayMs].flatMap(u32),
    ...ranges.flatMap(({ from, to }) => [...u32(from), ...u32(to)]),
  ];
}

export function ping({ type, nonce, epoch, lastSent, received, committed, maxSeq, ...times }) {
  return [
    ...[...u8(type === 'ping' ? 0x04 : 0x05), ...u8(0), ...u16(nonce)],
    ...[epoch, lastSent, received, committed, maxSeq, times.sentAtMs].flatMap(u32),
    ...(type === 'pong' ? u32(times.echoMs) : []),
  ];
}

/** @param json as it stands on the wire, as text or bytes. */
export function hint({ channel, epoch, ofSeq }, json) {
  const bytes = typeof json === 'string' ? utf8(json) : json;
  return [
    ...[...u8(0x06), ...u8(0), ...u16(channel)],
    ...[epoch, ofSeq, bytes.length].flatMap(u32),
    ...bytes,
  ];
}

export function control(type, json) {
  const bytes = typeof json === 'string' ? utf8(json) : json;
  return [...u8(CONTROL[type]), 0, 0, 0, ...u32(bytes.length), ...bytes];
}
