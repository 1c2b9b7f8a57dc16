/** What a client brought, chunk by chunk: whatever stands in a log is held against it. */
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';

/** `TNTO`, the client's number, the chunk's: so each chunk says whose it is. */
const MARK = 0x4f544e54;
const STAMP_BYTES = 12;

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
    this.#atMs.push(atMs);
    return this.#bytes;
  }

  capturedAtMs(chunk: number): number {
    return this.#atMs[chunk] ?? Number.NaN;
  }
}

/** Null for what no client of this world brought. */
export function stampOf(payload: Uint8Array): Stamp | null {
  if (payload.length < STAMP_BYTES) return null;
  const view = new DataView(payload.buffer, payload.byteOffset, STAMP_BYTES);
  if (view.getUint32(0, true) !== MARK) return null;
  return { client: view.getUint32(4, true), chunk: view.getUint32(8, true) };
}
