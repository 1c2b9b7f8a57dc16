/** From the frames of an audio context to chunks of PCM at another rate, each with its place. */
import type { Break, CaptureSettings, FromCapture } from './capture.types.ts';
import { Resampler } from './resampler.ts';

/** A platform stutters, most of all as a microphone begins: input that stays away for less is silence, and no break. */
const STUTTER_MS = 50;

export class Cutter {
  readonly #settings: CaptureSettings;
  readonly #contextHz: number;
  readonly #tell: (message: FromCapture) => void;
  readonly #mostMissing: number;
  #resampler: Resampler | null = null;
  #made = new Float32Array(0);
  #chunk: Int16Array;
  #filled = 0;
  /** Samples told or filled since the input began, which was at that frame. */
  #samples = 0;
  #beganAt = 0;
  #nextFrame = 0;
  #after: Break | null = null;
  #silentFrames = 0;
  /** Anything at all, since it was made. */
  #hasHeard = false;
  #waiting = 0;

  constructor(settings: CaptureSettings, contextHz: number, tell: (message: FromCapture) => void) {
    this.#settings = settings;
    this.#contextHz = contextHz;
    this.#tell = tell;
    this.#chunk = new Int16Array(settings.chunkSamples);
    this.#mostMissing = (contextHz * STUTTER_MS) / 1_000;
  }

  /** @param frame where the input begins. */
  push(input: Float32Array, frame: number): void {
    const missing = frame - this.#nextFrame;
    if (this.#resampler !== null && missing !== 0) {
      if (missing > 0 && missing <= this.#mostMissing) this.#bridge(missing);
      else this.#break();
    }
    if (this.#resampler === null) this.#begin(frame);
    this.#hasHeard ||= input.some((sample) => sample !== 0);
    this.#take(input);
  }

  /** There is no input just now: if it stays away, what was heard is told, and the next chunk begins where input does. */
  silent(frame: number): void {
    if (frame - this.#nextFrame >= this.#mostMissing) this.#break();
  }

  taken(): void {
    this.#waiting -= 1;
  }

  end(): void {
    this.#break();
    this.#tell({ kind: 'ended' });
  }

  #begin(frame: number): void {
    this.#beganAt = frame;
    this.#nextFrame = frame;
    this.#samples = 0;
    this.#resampler = new Resampler(this.#contextHz, this.#settings.sampleRateHz);
  }

  #bridge(frames: number): void {
    this.#silentFrames += frames;
    this.#take(new Float32Array(frames));
  }

  #take(input: Float32Array): void {
    const resampler = this.#resampler;
    if (resampler === null) return;
    this.#nextFrame += input.length;
    this.#room(resampler.mostOf(input.length));
    this.#fill(resampler.push(input, this.#made));
  }

  #break(): void {
    if (this.#resampler === null) return;
    if (!this.#hasHeard && this.#samples === 0) {
      this.#resampler = null; // a platform that gives a moment of nothing before the microphone is there
      this.#filled = 0;
      this.#silentFrames = 0;
      return;
    }
    this.#room(this.#resampler.mostAtEnd);
    this.#fill(this.#resampler.end(this.#made));
    this.#cut();
    this.#resampler = null;
    this.#after ??= 'noInput';
  }

  #room(samples: number): void {
    if (this.#made.length < samples) this.#made = new Float32Array(samples);
  }

  #fill(count: number): void {
    for (let at = 0; at < count; at += 1) {
      const scaled = Math.round((this.#made[at] ?? 0) * 32_768);
      this.#chunk[this.#filled] = Math.max(-32_768, Math.min(32_767, scaled));
      this.#filled += 1;
      if (this.#filled === this.#chunk.length) this.#cut();
    }
  }

  /** Where nobody takes chunks any more the newest are dropped: those that wait have been handed over. */
  #cut(): void {
    const count = this.#filled;
    if (count === 0) return;
    const ratio = this.#contextHz / this.#settings.sampleRateHz;
    const frame = this.#beganAt + this.#samples * ratio;
    this.#filled = 0;
    this.#samples += count;
    const silentFrames = this.#silentFrames;
    this.#silentFrames = 0;
    if (this.#waiting >= this.#settings.capacityChunks) {
      this.#after = 'overrun';
      return;
    }
    this.#waiting += 1;
    const samples = this.#chunk.slice(0, count);
    this.#tell({ kind: 'chunk', samples, frame, after: this.#after, silentFrames });
    this.#after = null;
  }
}
