/** The input buffer of a stand-in, and who speaks in it: where turns begin and end is counted in samples, never timed. */
import { complaint } from './frames.ts';
import type { Complaint, NewId } from './frames.ts';
import type { Detection } from './session-state.ts';

export const SAMPLE_RATE_HZ = 24_000;
const SAMPLES_PER_MS = SAMPLE_RATE_HZ / 1_000;
const FRAME_SAMPLES = 20 * SAMPLES_PER_MS;

/** So many frames in a row are speech; fewer are a click. */
const ONSET_FRAMES = 3;
/** The root mean square of a frame that counts as speech at a threshold of 1; at 0.5 it is -36 dBFS. */
const LOUD_RMS = 1_000;
/** Less is no turn. */
const MIN_COMMIT_MS = 100;
/** What is kept while nobody speaks; of a turn ten minutes. */
const QUIET_SAMPLES = 10 * SAMPLE_RATE_HZ;
const TURN_SAMPLES = 600 * SAMPLE_RATE_HZ;

/** A stretch of the input that has become a turn of the user's. */
export interface HeardTurn {
  readonly itemId: string;
  readonly pcm: Uint8Array;
  readonly ms: number;
}

export interface Ear {
  onStarted(itemId: string, startMs: number): void;
  onStopped(itemId: string, endMs: number): void;
  /** @param byItself it was found to be over, and not committed by the client. */
  onCommitted(turn: HeardTurn, byItself: boolean): void;
}

export class Listening {
  readonly #ear: Ear;
  readonly #newId: NewId;
  #kept = new Int16Array(SAMPLE_RATE_HZ);
  #keptSamples = 0;
  /** Of the first sample that is kept, since the session began. */
  #keptFrom = 0;
  #samples = 0;
  #committedThrough = 0;
  #examinedThrough = 0;
  #loudFrames = 0;
  #quietFrames = 0;
  #speaking: { readonly itemId: string; readonly startSample: number } | null = null;

  constructor(ear: Ear, newId: NewId) {
    this.#ear = ear;
    this.#newId = newId;
  }

  /** How much audio came in. */
  get samples(): number {
    return this.#samples;
  }

  append(pcm: Int16Array, detection: Detection | null): void {
    this.#keep(pcm);
    this.#samples += pcm.length;
    if (detection === null) this.#examinedThrough = this.#samples;
    else this.#examine(detection);
    this.#trim(detection !== null && this.#speaking === null ? QUIET_SAMPLES : TURN_SAMPLES);
  }

  commit(): Complaint | null {
    const bufferedMs = (this.#samples - this.#committedThrough) / SAMPLES_PER_MS;
    if (bufferedMs < MIN_COMMIT_MS) {
      const message = `Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has ${bufferedMs.toFixed(2)}ms of audio.`;
      return complaint('input_audio_buffer_commit_empty', message);
    }
    const itemId = this.#speaking?.itemId ?? this.#newId('item');
    this.#take(itemId, this.#speaking?.startSample ?? this.#committedThrough, this.#samples, false);
    return null;
  }

  clear(): void {
    this.#speaking = null;
    this.#loudFrames = 0;
    this.#committedThrough = this.#samples;
    this.#trim(0);
  }

  #examine(detection: Detection): void {
    while (this.#samples - this.#examinedThrough >= FRAME_SAMPLES) {
      const at = this.#examinedThrough - this.#keptFrom;
      this.#examinedThrough += FRAME_SAMPLES;
      const isLoud =
        rms(this.#kept.subarray(at, at + FRAME_SAMPLES)) > detection.threshold * LOUD_RMS;
      this.#loudFrames = isLoud ? this.#loudFrames + 1 : 0;
      this.#quietFrames = isLoud ? 0 : this.#quietFrames + 1;
      if (this.#speaking === null && this.#loudFrames >= ONSET_FRAMES) this.#start(detection);
      else if (this.#speaking !== null) this.#considerEnd(this.#speaking, detection);
    }
  }

  #start({ prefixPaddingMs }: Detection): void {
    const onset = this.#examinedThrough - ONSET_FRAMES * FRAME_SAMPLES;
    const padded = onset - prefixPaddingMs * SAMPLES_PER_MS;
    const startSample = Math.max(padded, this.#committedThrough, this.#keptFrom);
    this.#speaking = { itemId: this.#newId('item'), startSample };
    this.#ear.onStarted(this.#speaking.itemId, Math.round(startSample / SAMPLES_PER_MS));
  }

  #considerEnd(
    { itemId, startSample }: { readonly itemId: string; readonly startSample: number },
    { silenceMs }: Detection,
  ): void {
    if (this.#quietFrames * FRAME_SAMPLES < silenceMs * SAMPLES_PER_MS) return;
    this.#ear.onStopped(itemId, Math.round(this.#examinedThrough / SAMPLES_PER_MS));
    this.#take(itemId, startSample, this.#examinedThrough, true);
  }

  #take(itemId: string, fromSample: number, toSample: number, byItself: boolean): void {
    const from = Math.max(fromSample, this.#keptFrom) - this.#keptFrom;
    const samples = this.#kept.slice(from, toSample - this.#keptFrom);
    this.#speaking = null;
    this.#loudFrames = 0;
    this.#committedThrough = toSample;
    const ms = Math.round(samples.length / SAMPLES_PER_MS);
    this.#ear.onCommitted({ itemId, pcm: new Uint8Array(samples.buffer), ms }, byItself);
  }

  #keep(pcm: Int16Array): void {
    const needed = this.#keptSamples + pcm.length;
    if (needed > this.#kept.length) {
      const larger = new Int16Array(needed * 2);
      larger.set(this.#kept.subarray(0, this.#keptSamples));
      this.#kept = larger;
    }
    this.#kept.set(pcm, this.#keptSamples);
    this.#keptSamples = needed;
  }

  #trim(toSamples: number): void {
    // Twice as much is let pile up, so that it is not moved for every piece.
    if (this.#keptSamples <= toSamples * 2) return;
    const dropped = this.#keptSamples - toSamples;
    this.#kept.copyWithin(0, dropped, this.#keptSamples);
    this.#keptSamples = toSamples;
    this.#keptFrom += dropped;
    this.#examinedThrough = Math.max(this.#examinedThrough, this.#keptFrom);
  }
}

function rms(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}
