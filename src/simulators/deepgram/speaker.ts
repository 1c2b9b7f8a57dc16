/** Texts as audio, one after the other, at once or no faster than a given pace. */
import type { Clock } from '../../ports/clock.ts';
import { speak } from '../persona/voice.ts';

const CHUNK_MS = 100;
const BYTES_PER_SAMPLE = 2;

export interface SpeakerOptions {
  readonly sampleRateHz: number;
  /** Audio goes out this many times as fast as it sounds; Infinity: at once. */
  readonly paceRatio: number;
  readonly clock: Clock;
  onAudio(bytes: Uint8Array): void;
}

interface Saying {
  readonly audio: Uint8Array;
  readonly onSpoken: () => void;
}

export class Speaker {
  readonly #options: SpeakerOptions;
  #queue: Saying[] = [];
  #at = 0;
  #timer: unknown = null;
  #isRunning = false;

  constructor(options: SpeakerOptions) {
    this.#options = options;
  }

  get isSilent(): boolean {
    return this.#queue.length === 0;
  }

  say(text: string, onSpoken: () => void): void {
    const audio = text === '' ? new Uint8Array() : speak(text, this.#options.sampleRateHz);
    this.#queue.push({ audio, onSpoken });
    if (!this.#isRunning) this.#run();
  }

  /** Says nothing of what is left. */
  hush(): void {
    this.#queue = [];
    this.#at = 0;
    this.#isRunning = false;
    if (this.#timer !== null) this.#options.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #run(): void {
    this.#isRunning = true;
    const { sampleRateHz, paceRatio, clock } = this.#options;
    const chunkBytes = (sampleRateHz / (1_000 / CHUNK_MS)) * BYTES_PER_SAMPLE;
    for (let saying = this.#queue[0]; saying !== undefined; saying = this.#queue[0]) {
      const chunk = saying.audio.subarray(this.#at, this.#at + chunkBytes);
      if (chunk.length > 0) {
        this.#at += chunk.length;
        this.#options.onAudio(chunk);
        if (paceRatio === Infinity) continue;
        this.#timer = clock.setTimeout(() => this.#run(), CHUNK_MS / paceRatio);
        return;
      }
      this.#queue.shift();
      this.#at = 0;
      saying.onSpoken();
    }
    this.#isRunning = false;
  }
}
