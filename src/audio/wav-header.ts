/**
 * Where the audio of a WAV file is, and what it is.
 *
 * Files from pipes and crashed recorders have lengths that are wrong, zero or all ones, and metadata chunks can be
 * anything: so the chunks are walked here, with every length checked, and the decoder sees only sound ones.
 */
import { TenutoError } from '../ports/errors.ts';

export type WavEncoding = 'integer' | 'float' | 'aLaw' | 'muLaw';

export interface WavHeader {
  readonly encoding: WavEncoding;
  /** Bits that a sample takes in the file: 8, 16, 24, 32 or 64. */
  readonly bitsPerSample: number;
  readonly channels: number;
  readonly sampleRateHz: number;
  /** RIFX: numbers are big-endian. */
  readonly isBigEndian: boolean;
  readonly dataStart: number;
  /** What is there: never past the end of the file, and whole frames only. */
  readonly dataBytes: number;
  /** What the header promises; null where it promises nothing, as from a pipe. */
  readonly promisedBytes: number | null;
}

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const UNKNOWN_LENGTH = 0xffff_ffff;
/** Writers that cannot go back promise "as much as fits": sox and others stop a little below 2 GiB. */
const PLACEHOLDER_LENGTH = 0x7fff_0000;
/** No recording is outside; a broken header is. */
const LEAST_RATE_HZ = 1_000;
const MOST_RATE_HZ = 768_000;
const EXTENSIBLE = 0xfffe;

const ENCODINGS: Readonly<Record<number, { encoding: WavEncoding; bits: readonly number[] }>> = {
  1: { encoding: 'integer', bits: [8, 16, 24, 32] },
  3: { encoding: 'float', bits: [32, 64] },
  6: { encoding: 'aLaw', bits: [8] },
  7: { encoding: 'muLaw', bits: [8] },
};

const CODECS: Readonly<Record<number, string>> = {
  0x02: 'Microsoft ADPCM',
  0x11: 'IMA ADPCM',
  0x31: 'GSM 6.10',
  0x40: 'G.721 ADPCM',
  0x45: 'G.726 ADPCM',
  0x50: 'MPEG audio',
  0x55: 'MP3',
  0x65: 'G.722',
  0xff: 'AAC',
  0x160: 'Windows Media Audio',
  0x161: 'Windows Media Audio',
  0x674f: 'Ogg Vorbis',
};

/** The bytes must start with a RIFF header of type WAVE: `wav-sniff.ts` tells what other files are. */
export function readHeader(bytes: Uint8Array, name: string): WavHeader {
  const reader = readerOf(bytes);
  let format: Format | null = null;
  let data: Data | null = null;
  let longDataBytes: number | null = null;
  let at = RIFF_HEADER_BYTES;
  while (at + CHUNK_HEADER_BYTES <= bytes.length && (format === null || data === null)) {
    const id = reader.text(at);
    const size = reader.u32(at + 4);
    const start = at + CHUNK_HEADER_BYTES;
    if (id === 'ds64' && start + 16 <= bytes.length) longDataBytes = reader.u64(start + 8);
    if (id === 'fmt ') format = readFormat(reader, start, size, bytes.length, name);
    if (id === 'data') data = measureData(reader, start, size, bytes.length, longDataBytes);
    at = id === 'data' && data !== null ? data.end : start + size + (size % 2);
  }
  if (format === null) throw broken(name, 'it has no "fmt " chunk');
  if (data === null) throw broken(name, 'it ends before its audio data');
  const frameBytes = (format.channels * format.bitsPerSample) / 8;
  return {
    ...format,
    isBigEndian: reader.isBigEndian,
    dataStart: data.start,
    dataBytes: Math.floor(data.bytes / frameBytes) * frameBytes,
    promisedBytes: data.promisedBytes,
  };
}

type Format = Pick<WavHeader, 'encoding' | 'bitsPerSample' | 'channels' | 'sampleRateHz'>;

function readFormat(
  reader: Reader,
  start: number,
  size: number,
  fileBytes: number,
  name: string,
): Format {
  if (size < 16 || start + 16 > fileBytes) throw broken(name, 'its "fmt " chunk is cut off');
  const tag = reader.u16(start);
  const isExtensible = tag === EXTENSIBLE && size >= 26 && start + 26 <= fileBytes;
  // The first two bytes of an extensible header's format id are the plain tag.
  const code = isExtensible ? reader.u16(start + 24) : tag;
  const channels = reader.u16(start + 2);
  const sampleRateHz = reader.u32(start + 4);
  const blockBytes = reader.u16(start + 12);
  const statedBits = reader.u16(start + 14);
  const known = ENCODINGS[code];
  if (known === undefined) {
    throw unsupported(name, CODECS[code] ?? `codec 0x${code.toString(16).padStart(4, '0')}`);
  }
  if (channels === 0) throw broken(name, 'it states no channel');
  if (sampleRateHz < LEAST_RATE_HZ || sampleRateHz > MOST_RATE_HZ) {
    throw broken(name, `it states a sample rate of ${sampleRateHz} Hz`);
  }
  // Samples of 12 or 20 bits stand left-aligned in the next whole bytes: read as those, they are right.
  const wholeBits = Math.ceil(statedBits / 8) * 8;
  const blockBits = (blockBytes * 8) / channels;
  const bitsPerSample =
    known.bits.includes(blockBits) && blockBits >= wholeBits ? blockBits : wholeBits;
  if (!known.bits.includes(bitsPerSample)) {
    throw unsupported(name, `${statedBits}-bit ${known.encoding} samples`);
  }
  return { encoding: known.encoding, bitsPerSample, channels, sampleRateHz };
}

interface Data {
  readonly start: number;
  readonly end: number;
  readonly bytes: number;
  readonly promisedBytes: number | null;
}

function measureData(
  reader: Reader,
  start: number,
  size: number,
  fileBytes: number,
  longDataBytes: number | null,
): Data {
  const restBytes = Math.max(0, fileBytes - start);
  const promisedBytes = size === UNKNOWN_LENGTH && longDataBytes !== null ? longDataBytes : size;
  const isStreamed =
    promisedBytes === 0
      ? restBytes > 0 && !areChunks(reader, start, fileBytes)
      : promisedBytes > restBytes && promisedBytes >= PLACEHOLDER_LENGTH;
  if (isStreamed) return { start, end: fileBytes, bytes: restBytes, promisedBytes: null };
  const bytes = Math.min(promisedBytes, restBytes);
  return { start, end: start + bytes + (bytes % 2), bytes, promisedBytes };
}

/** Whether what follows is a row of chunks that ends with the file: then a length of zero is meant. */
function areChunks(reader: Reader, start: number, fileBytes: number): boolean {
  let at = start;
  while (at + CHUNK_HEADER_BYTES <= fileBytes) {
    if (!/^[\x20-\x7e]{4}$/.test(reader.text(at))) return false;
    const size = reader.u32(at + 4);
    at += CHUNK_HEADER_BYTES + size + (size % 2);
  }
  return at === fileBytes || at === fileBytes + 1;
}

interface Reader {
  readonly isBigEndian: boolean;
  text(at: number): string;
  u16(at: number): number;
  u32(at: number): number;
  u64(at: number): number;
}

function readerOf(bytes: Uint8Array): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isBigEndian = asciiAt(bytes, 0) === 'RIFX';
  return {
    isBigEndian,
    text: (at) => asciiAt(bytes, at),
    u16: (at) => view.getUint16(at, !isBigEndian),
    u32: (at) => view.getUint32(at, !isBigEndian),
    u64: (at) => Number(view.getBigUint64(at, !isBigEndian)),
  };
}

/** Four bytes as text. */
export function asciiAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/** A command line that makes of any recording one that is read without conversion. */
export function conversion(name: string): string {
  return `ffmpeg -i "${name}" -ac 1 -ar 16000 -c:a pcm_s16le converted.wav`;
}

function broken(name: string, why: string): TenutoError {
  return new TenutoError({
    code: 'WAV_INVALID',
    message: `${name} is not a usable WAV file: ${why}.`,
    remediation: `Record or export it again, or try to repair it: ${conversion(name)}`,
  });
}

function unsupported(name: string, what: string): TenutoError {
  return new TenutoError({
    code: 'AUDIO_FORMAT_UNSUPPORTED',
    message: `${name} holds ${what}, which is not read.`,
    remediation: `Convert it to plain PCM: ${conversion(name)}`,
  });
}
