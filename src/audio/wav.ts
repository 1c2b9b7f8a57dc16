/** Reads a WAV recording as the audio that tenuto carries: 16-bit, one channel, at the rate that is asked for. */
import wavefile from 'wavefile';

import type { AudioFormat } from '../ports/audio-format.ts';
import { TenutoError } from '../ports/errors.ts';
import { BYTES_PER_SAMPLE, checkAudioFormat, msOf, samplesOf } from './format.ts';
import { readHeader } from './wav-header.ts';
import type { WavEncoding, WavHeader } from './wav-header.ts';
import { checkIsWave } from './wav-sniff.ts';

export interface ReadWavOptions {
  /** Sample rate of the result, 8,000 to 48,000 Hz; `native` keeps the file's own. Default 16,000. */
  readonly targetRateHz?: number | 'native';
  /** Files over this are refused before anything is read of them. Default 1 GiB. */
  readonly maxBytes?: number;
}

export interface Wav {
  readonly format: AudioFormat;
  /** May be a view of the bytes that were passed: do not write to it. */
  readonly pcm: Uint8Array;
  readonly durationMs: number;
  /** What was converted or found odd, for a person: `stereo mixed to mono`. */
  readonly notes: readonly string[];
}

const DEFAULT_RATE_HZ = 16_000;
const GIB = 1_073_741_824;
/** Half of what one typed array can hold on every supported Node. */
const MAX_RESULT_BYTES = 2 * GIB;
/** About this much is decoded at a time: memory stays flat however long the file is. */
const BLOCK_BYTES = 1_048_576;

/** `name` stands in messages. Throws WAV_INVALID, WAV_EMPTY or AUDIO_FORMAT_UNSUPPORTED. */
export async function readWav(
  bytes: Uint8Array,
  name: string,
  options: ReadWavOptions = {},
): Promise<Wav> {
  checkSize(bytes.byteLength, options.maxBytes ?? GIB, name);
  checkIsWave(bytes, name);
  const header = readHeader(bytes, name);
  const target = options.targetRateHz ?? DEFAULT_RATE_HZ;
  const sampleRateHz = target === 'native' ? header.sampleRateHz : target;
  const format: AudioFormat = { encoding: 'pcm_s16le', sampleRateHz };
  checkAudioFormat(format);
  if (header.dataBytes === 0) throw empty(header, name);
  const { pcm, clipped } = await convert(bytes, header, sampleRateHz, name);
  const durationMs = msOf(samplesOf(pcm.byteLength), format);
  return { format, pcm, durationMs, notes: notesOn(header, sampleRateHz, clipped) };
}

interface Converted {
  readonly pcm: Uint8Array;
  /** Samples beyond full scale, which only floats can have. */
  readonly clipped: number;
}

async function convert(
  bytes: Uint8Array,
  header: WavHeader,
  sampleRateHz: number,
  name: string,
): Promise<Converted> {
  const isSameRate = header.sampleRateHz === sampleRateHz;
  if (isSameRate && isPlain(header)) {
    // A plain Uint8Array even of a Buffer, whose `slice` would not copy.
    const pcm = new Uint8Array(bytes.buffer, bytes.byteOffset + header.dataStart, header.dataBytes);
    return { pcm, clipped: 0 };
  }
  const frames = header.dataBytes / frameBytesOf(header);
  const resultSamples = Math.round((frames * sampleRateHz) / header.sampleRateHz);
  checkResult(resultSamples * BYTES_PER_SAMPLE, name);
  const result = new Int16Array(resultSamples);
  let filled = 0;
  const append = (samples: Int16Array): void => {
    result.set(samples, filled);
    filled += samples.length;
  };
  let clipped = 0;
  if (isSameRate) {
    for (const block of blocksOf(bytes, header)) clipped += mixDown(block, header, append);
  } else {
    const { createResampler } = await import('./resample.node.ts');
    const resampler = await createResampler(header.sampleRateHz, sampleRateHz);
    for (const block of blocksOf(bytes, header)) {
      clipped += mixDown(block, header, (samples) => resampler.push(samples, append));
    }
    resampler.flush(append);
  }
  return { pcm: new Uint8Array(result.buffer), clipped };
}

const TAGS: Readonly<Record<WavEncoding, number>> = { integer: 1, float: 3, aLaw: 6, muLaw: 7 };

/**
 * The file's samples, block by block and still interleaved. Each block is handed to the library as a small WAV file
 * with a sound header of ours: what an original header may hold (false lengths, broken metadata) it never sees.
 */
function* blocksOf(bytes: Uint8Array, header: WavHeader): Generator<Float64Array> {
  const frameBytes = frameBytesOf(header);
  const blockBytes = Math.max(1, Math.floor(BLOCK_BYTES / frameBytes)) * frameBytes;
  const end = header.dataStart + header.dataBytes;
  for (let start = header.dataStart; start < end; start += blockBytes) {
    const wave = new wavefile.WaveFile();
    wave.fromBuffer(smallWav(bytes.subarray(start, Math.min(end, start + blockBytes)), header));
    if (header.encoding === 'aLaw') wave.fromALaw();
    if (header.encoding === 'muLaw') wave.fromMuLaw();
    yield wave.getSamples(true, Float64Array);
  }
}

function smallWav(data: Uint8Array, header: WavHeader): Uint8Array {
  const headerBytes = 44;
  const frameBytes = frameBytesOf(header);
  const file = new Uint8Array(headerBytes + data.length);
  const view = new DataView(file.buffer);
  const isLittleEndian = !header.isBigEndian;
  const text = (at: number, value: string): void => file.set(new TextEncoder().encode(value), at);
  text(0, header.isBigEndian ? 'RIFX' : 'RIFF');
  view.setUint32(4, file.length - 8, isLittleEndian);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, isLittleEndian);
  view.setUint16(20, TAGS[header.encoding], isLittleEndian);
  view.setUint16(22, header.channels, isLittleEndian);
  view.setUint32(24, header.sampleRateHz, isLittleEndian);
  view.setUint32(28, header.sampleRateHz * frameBytes, isLittleEndian);
  view.setUint16(32, frameBytes, isLittleEndian);
  view.setUint16(34, header.bitsPerSample, isLittleEndian);
  text(36, 'data');
  view.setUint32(40, data.length, isLittleEndian);
  file.set(data, headerBytes);
  return file;
}

/**
 * The mean of the channels, rounded once to 16 bits; the result is how many samples were beyond full scale. Not the
 * library's own conversion: that cuts instead of rounding, and reads a float such as 3e-7 as 3.
 */
function mixDown(
  interleaved: Float64Array,
  header: WavHeader,
  emit: (samples: Int16Array) => void,
): number {
  const { channels } = header;
  const { zero, gain } = scaleOf(header);
  const mono = new Int16Array(interleaved.length / channels);
  let clipped = 0;
  for (let frame = 0, at = 0; frame < mono.length; frame += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1, at += 1) {
      sum += (interleaved[at] ?? 0) - zero;
    }
    const sample = (sum * gain) / channels;
    if (sample > 32_768 || sample < -32_768) clipped += 1;
    mono[frame] = Math.min(32_767, Math.max(-32_768, Math.round(sample)));
  }
  emit(mono);
  return clipped;
}

function scaleOf({ encoding, bitsPerSample }: WavHeader): { zero: number; gain: number } {
  if (encoding === 'float') return { zero: 0, gain: 32_768 };
  if (encoding !== 'integer') return { zero: 0, gain: 1 };
  // Samples of 8 bits, and only they, are unsigned.
  return { zero: bitsPerSample === 8 ? 128 : 0, gain: 2 ** (16 - bitsPerSample) };
}

function isPlain(header: WavHeader): boolean {
  const { encoding, bitsPerSample, channels, isBigEndian } = header;
  return encoding === 'integer' && bitsPerSample === 16 && channels === 1 && !isBigEndian;
}

function frameBytesOf({ channels, bitsPerSample }: WavHeader): number {
  return (channels * bitsPerSample) / 8;
}

function notesOn(header: WavHeader, sampleRateHz: number, clipped: number): string[] {
  const { promisedBytes, dataBytes, channels } = header;
  const notes: string[] = [];
  if (promisedBytes === null) notes.push('length not stated in the header: read to the end');
  else if (promisedBytes - dataBytes >= frameBytesOf(header)) {
    const [there, promised] = [secondsOf(dataBytes, header), secondsOf(promisedBytes, header)];
    notes.push(`cut off: ${there} s of ${promised} s are there`);
  }
  const kind = kindOf(header);
  if (kind !== null) notes.push(`${kind} samples converted to 16-bit`);
  if (channels === 2) notes.push('stereo mixed to mono');
  if (channels > 2) notes.push(`${channels} channels mixed to mono`);
  if (header.sampleRateHz !== sampleRateHz) {
    notes.push(`${grouped(header.sampleRateHz)} Hz resampled to ${grouped(sampleRateHz)} Hz`);
  }
  if (clipped > 0) notes.push(`${grouped(clipped)} samples beyond full scale clipped`);
  return notes;
}

function kindOf({ encoding, bitsPerSample, isBigEndian }: WavHeader): string | null {
  if (encoding === 'aLaw') return 'A-law';
  if (encoding === 'muLaw') return 'mu-law';
  if (encoding === 'float') return `${bitsPerSample}-bit float`;
  if (bitsPerSample !== 16) return `${bitsPerSample}-bit`;
  return isBigEndian ? 'big-endian' : null;
}

function secondsOf(bytes: number, header: WavHeader): string {
  return (bytes / frameBytesOf(header) / header.sampleRateHz).toFixed(1);
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

function checkSize(bytes: number, maxBytes: number, name: string): void {
  if (bytes <= maxBytes) return;
  throw new TenutoError({
    code: 'WAV_INVALID',
    message: `${name} has ${grouped(bytes)} bytes; at most ${grouped(maxBytes)} are read.`,
    remediation: `Cut it first: ffmpeg -i "${name}" -f segment -segment_time 3600 -c copy part%03d.wav`,
  });
}

function checkResult(bytes: number, name: string): void {
  if (bytes <= MAX_RESULT_BYTES) return;
  throw new TenutoError({
    code: 'WAV_INVALID',
    message: `${name} would become ${grouped(bytes)} bytes; at most ${grouped(MAX_RESULT_BYTES)} are made.`,
    remediation: `Cut it first: ffmpeg -i "${name}" -f segment -segment_time 3600 -c copy part%03d.wav`,
  });
}

function empty({ promisedBytes }: WavHeader, name: string): TenutoError {
  const wasPromised = promisedBytes !== null && promisedBytes > 0;
  return new TenutoError({
    code: 'WAV_EMPTY',
    message: wasPromised
      ? `${name} holds no audio: it is cut off after its header.`
      : `${name} holds no audio: its data chunk is empty.`,
    remediation: 'Record it again; the recorder may not have been closed properly.',
  });
}
