/** What a client brought, chunk by chunk: whatever stands in a log is held against it. */
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import { u32At } from '../../protocol/bytes.ts';

/** `TNTO`, the client's number, the chunk's: so each chunk says whose it is. */
const MARK = 0x4f544e54;
const STAMP_BYTES = 12;
const noise = noiseOf(65_536);

export interface Stamp {
  readonly client: number;
  readonly chunk: number;
}

export class CapturedAudio {
  readonly client: number;
  readonly chunkMs: number;
  readonly chunkSamples: number;
  readonly sampleRateHz: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #atMs: number[] = [];

  constructor(client: number, chunkMs: number, sampleRateHz: number) {
    this.client = client;
    this.chunkMs = chunkMs;
    this.sampleRateHz = sampleRateHz;
    this.chunkSamples = (chunkMs * sampleRateHz) / 1_000;
    this.#bytes = new Uint8Array(this.chunkSamples * BYTES_PER_SAMPLE);
    this.#view = new DataView(this.#bytes.buffer);
    this.#view.setUint32(0, MARK, true);
    this.#view.setUint32(4, client, true);
  }

  get chunks(): number {
    return this.#atMs.length;
  }

  get samples(): number {
    return this.#atMs.length * this.chunkSamples;
  }

  /** The next chunk, valid until the one after it. */
  next(atMs: number): Uint8Array {
    this.#view.setUint32(8, this.#atMs.length, true);
    this.#bytes.set(this.#noiseOf(this.#atMs.length), STAMP_BYTES);
    this.#atMs.push(atMs);
    return this.#bytes;
  }

  /** Whether a chunk that has come so far is what it was, to the last byte. */
  isAsCaptured(chunk: number, payload: Uint8Array): boolean {
    return Buffer.compare(payload.subarray(STAMP_BYTES), this.#noiseOf(chunk)) === 0;
  }

  capturedAtMs(chunk: number): number {
    return this.#atMs[chunk] ?? Number.NaN;
  }

  /** A stretch of its own. */
  #noiseOf(chunk: number): Uint8Array {
    const length = this.#bytes.length - STAMP_BYTES;
    const at = mixed(Math.imul(this.client + 1, 0x9e3779b1) + chunk) % (noise.length - length);
    return noise.subarray(at, at + length);
  }
}

/** Null for what no client of this world brought. */
export function stampOf(payload: Uint8Array): Stamp | null {
  if (payload.length < STAMP_BYTES) return null;
  if (u32At(payload, 0) !== MARK) return null;
  return { client: u32At(payload, 4), chunk: u32At(payload, 8) };
}

function noiseOf(bytes: number): Uint8Array {
  const words = Uint32Array.from({ length: bytes / 4 }, (_, at) => mixed(at));
  return new Uint8Array(words.buffer);
}

/** The end of murmur3: numbers that are alike have nothing in common. */
function mixed(number: number): number {
  let mix = number | 0;
  mix = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
