/**
 * Chunker: cuts audio that arrives in runs of any size into chunks of one duration.
 *
 * A chunk that lies whole inside a run is passed on as a view of that run, so most audio is never copied; only a
 * chunk that straddles two runs is put together in the chunker's one buffer.
 */
import type { AudioFormat } from '../ports/audio-format.ts';
import { TenutoError } from '../ports/errors.ts';
import { BYTES_PER_SAMPLE, checkAudioFormat, samplesOfMs } from './format.ts';

/** Takes one chunk. The view is valid only during the call: copy what must outlive it. */
export type EmitChunk = (chunk: Uint8Array) => void;

export interface ChunkerOptions {
  readonly format: AudioFormat;
  /** Duration of every chunk but the last, from 1 to 10,000 ms; rounded to whole samples. */
  readonly chunkMs: number;
}

export class Chunker {
  readonly chunkBytes: number;
  readonly #partial: Uint8Array;
  #partialBytes = 0;

  constructor({ format, chunkMs }: ChunkerOptions) {
    checkAudioFormat(format);
    if (!(chunkMs >= 1 && chunkMs <= 10_000)) {
      throw new TenutoError({
        code: 'OPTION_INVALID',
        message: `chunkMs is ${String(chunkMs)}.`,
        remediation: 'Pass a duration from 1 to 10,000 ms; 20 and 100 are usual.',
      });
    }
    this.chunkBytes = samplesOfMs(chunkMs, format) * BYTES_PER_SAMPLE;
    this.#partial = new Uint8Array(this.chunkBytes);
  }

  /** Bytes held back until a whole chunk is there: always fewer than `chunkBytes`. */
  get pendingBytes(): number {
    return this.#partialBytes;
  }

  /** Adds a run of any length, odd lengths too, and emits every chunk that is now whole. */
  push(bytes: Uint8Array, emit: EmitChunk): void {
    let offset = this.#partialBytes > 0 ? this.#topUp(bytes, emit) : 0;
    while (bytes.length - offset >= this.chunkBytes) {
      const end = offset + this.chunkBytes;
      emit(bytes.subarray(offset, end));
      offset = end;
    }
    const rest = bytes.subarray(offset);
    this.#partial.set(rest, this.#partialBytes);
    this.#partialBytes += rest.length;
  }

  /**
   * Emits what is left as a shorter last chunk, and starts afresh. Half a sample cannot be played: a last odd byte
   * is dropped, and the result says so.
   */
  flush(emit: EmitChunk): { readonly droppedBytes: number } {
    const droppedBytes = this.#partialBytes % BYTES_PER_SAMPLE;
    const keptBytes = this.#partialBytes - droppedBytes;
    this.#partialBytes = 0;
    if (keptBytes > 0) emit(this.#partial.subarray(0, keptBytes));
    return { droppedBytes };
  }

  /** Fills the held-back chunk from the front of `bytes`; the result is how many bytes it took. */
  #topUp(bytes: Uint8Array, emit: EmitChunk): number {
    const takenBytes = Math.min(this.chunkBytes - this.#partialBytes, bytes.length);
    this.#partial.set(bytes.subarray(0, takenBytes), this.#partialBytes);
    this.#partialBytes += takenBytes;
    if (this.#partialBytes === this.chunkBytes) {
      // Before the call: an `emit` that throws must not make the next push emit this chunk again.
      this.#partialBytes = 0;
      emit(this.#partial);
    }
    return takenBytes;
  }
}
