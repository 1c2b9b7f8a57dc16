/** What the suite has a session capture. */
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import { seededRandom } from '../../ports/random.ts';

const PAUSE_CHUNK_MS = 20;

export class Microphone {
  readonly #sampleRateHz: number;
  readonly #write: (chunk: Uint8Array) => void;
  readonly #captured: Uint8Array[] = [];
  readonly #chance = seededRandom(11);

  constructor(sampleRateHz: number, write: (chunk: Uint8Array) => void) {
    this.#sampleRateHz = sampleRateHz;
    this.#write = write;
  }

  /** All audio that was written, PCM s16le. */
  get captured(): Uint8Array {
    return Buffer.concat(this.#captured);
  }

  /** Speaks so much at once: chance, so that every place in it can be told from every other. */
  speak({ ms, chunkMs }: { readonly ms: number; readonly chunkMs: number }): void {
    const length = (this.#sampleRateHz * chunkMs) / 1_000;
    for (let spokenMs = 0; spokenMs < ms; spokenMs += chunkMs) {
      const samples = Int16Array.from({ length }, () => this.#sample());
      this.#capture(new Uint8Array(samples.buffer));
    }
  }

  /** Silence, as it is captured. */
  pause(ms: number): void {
    const samples = (this.#sampleRateHz * PAUSE_CHUNK_MS) / 1_000;
    const chunk = new Uint8Array(samples * BYTES_PER_SAMPLE);
    for (let pausedMs = 0; pausedMs < ms; pausedMs += PAUSE_CHUNK_MS) this.#capture(chunk);
  }

  #capture(chunk: Uint8Array): void {
    this.#captured.push(chunk);
    this.#write(chunk);
  }

  /** Never 0, which is the silence that keeps a connection open. */
  #sample(): number {
    return 1 + Math.floor(this.#chance.unit() * 32_000);
  }
}
