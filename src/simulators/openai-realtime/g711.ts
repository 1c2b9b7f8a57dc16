/**
 * Telephone audio, by the definitions of ITU-T G.711: µ-law (14 bits) and A-law (13 bits), one byte a sample, at 8 kHz.
 *
 * A byte is a sign, the segment (the exponent) and the place in it (the mantissa). Of µ-law all bits are turned over on
 * the wire, of A-law every second one.
 */
const MU_BIAS = 0x84;
const MU_CLIP = 32_635;
const A_TOGGLE = 0x55;

export type Law = 'pcmu' | 'pcma';

/** @returns PCM s16le samples, as many as there are bytes. */
export function expand(bytes: Uint8Array, law: Law): Int16Array {
  const table = TABLES[law];
  return Int16Array.from(bytes, (byte) => table[byte] ?? 0);
}

/** @param samples PCM s16le; one byte comes out for each. */
export function compress(samples: Int16Array, law: Law): Uint8Array {
  const compressOne = law === 'pcmu' ? toMu : toA;
  return Uint8Array.from(samples, compressOne);
}

function fromMu(byte: number): number {
  const turned = ~byte & 0xff;
  const segment = (turned >> 4) & 0x07;
  const magnitude = ((((turned & 0x0f) << 3) + MU_BIAS) << segment) - MU_BIAS;
  return (turned & 0x80) === 0 ? magnitude : -magnitude;
}

function fromA(byte: number): number {
  const turned = byte ^ A_TOGGLE;
  const segment = (turned >> 4) & 0x07;
  const place = ((turned & 0x0f) << 4) + 8; // the middle of the step
  const magnitude = segment === 0 ? place : (place + 0x100) << (segment - 1);
  return (turned & 0x80) === 0 ? -magnitude : magnitude;
}

const TABLES: Readonly<Record<Law, Int16Array>> = {
  pcmu: Int16Array.from({ length: 256 }, (_, byte) => fromMu(byte)),
  pcma: Int16Array.from({ length: 256 }, (_, byte) => fromA(byte)),
};

function toMu(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), MU_CLIP) + MU_BIAS;
  const segment = segmentOf(magnitude, 7);
  const place = (magnitude >> (segment + 3)) & 0x0f;
  return ~((sample < 0 ? 0x80 : 0) | (segment << 4) | place) & 0xff;
}

function toA(sample: number): number {
  // Of 16 bits the lowest three are no part of the 13; a negative one is counted from -1 downwards.
  const magnitude = sample < 0 ? -sample - 1 : sample;
  const segment = magnitude < 0x100 ? 0 : segmentOf(magnitude, 7);
  const place = (magnitude >> (segment === 0 ? 4 : segment + 3)) & 0x0f;
  return ((sample < 0 ? 0 : 0x80) | (segment << 4) | place) ^ A_TOGGLE;
}

/** Which doubling of 128 it lies in: 0 below 256. */
function segmentOf(magnitude: number, lowestBit: number): number {
  return Math.max(0, 31 - Math.clz32(magnitude) - lowestBit);
}
