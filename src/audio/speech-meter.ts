/**
 * Is somebody speaking? By energy alone: good enough to notice that a service owes an answer, and to find a pause to
 * change links in. It is no voice detector: a short noise counts as speech, an even one does not for long.
 *
 * Every 20 ms are speech where their RMS is 8 dB above the noise floor, and above -50 dBFS at the least. The floor
 * falls to every quieter 20 ms at once and rises by 3 dB a second: speech dips by more than that between syllables, a
 * fan does not. -50 dBFS is what hark, the usual meter of browser calls, takes; with the fixtures of
 * `test/fixtures/speech` all of their 12 pauses are found, with noise down to 15 dB below the voice as well.
 *
 * It hears one sample in eight of 16 kHz: energy does not mind aliasing.
 */
import { BYTES_PER_SAMPLE } from './format.ts';
import type { AudioFormat } from '../ports/audio-format.ts';

const HEARD_HZ = 2_000;
const WINDOW_SAMPLES = 40; // heard ones: 20 ms

/** Power, where a full-scale square wave is 1. */
const QUIETEST_SPEECH = powerOf(-50);
const ABOVE_FLOOR = powerOf(8);
const LOWEST_FLOOR = QUIETEST_SPEECH / ABOVE_FLOOR;
const FLOOR_RISE_DB_PER_S = 3;
const FULL_SCALE = 32_768;

/** Shorter pauses occur within a sentence, and within a word. */
const SPEECH_PAUSE_MS = 300;

export class SpeechMeter {
  /** Samples from one heard to the next. */
  readonly #stride: number;
  readonly #windowMs: number;
  /** How much the floor rises in a window. */
  readonly #rise: number;
  /** Samples until the next heard one: windows run on from chunk to chunk. */
  #skip = 0;
  #heard = 0;
  #energy = 0;
  #floor = LOWEST_FLOOR;
  #speechMs = 0;
  #quietMs = 0;

  constructor({ sampleRateHz }: AudioFormat) {
    this.#stride = Math.floor(sampleRateHz / HEARD_HZ);
    this.#windowMs = (WINDOW_SAMPLES * this.#stride * 1_000) / sampleRateHz;
    this.#rise = powerOf((FLOOR_RISE_DB_PER_S * this.#windowMs) / 1_000);
  }

  /** Speech heard so far, in ms of audio. */
  get speechMs(): number {
    return this.#speechMs;
  }

  /** Audio since the last speech, in ms. Where no audio comes there is none to measure. */
  get quietMs(): number {
    return this.#quietMs;
  }

  /** Whether speech has paused for at least 300 ms of audio, or has not begun. */
  get isPaused(): boolean {
    return this.#quietMs >= SPEECH_PAUSE_MS || this.#speechMs === 0;
  }

  /**
   * Takes PCM s16le of any length, at any alignment; a trailing odd byte is no sample.
   * @returns whether there is speech in the 20 ms that ended in this chunk.
   */
  hear(bytes: Uint8Array): boolean {
    const speechBeforeMs = this.#speechMs;
    const strideBytes = this.#stride * BYTES_PER_SAMPLE;
    const endsAt = bytes.length - (bytes.length % BYTES_PER_SAMPLE);
    let at = this.#skip * BYTES_PER_SAMPLE;
    let heard = this.#heard;
    let energy = this.#energy;
    for (; at < endsAt; at += strideBytes) {
      const sample = (((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 24)) >> 16;
      energy += sample * sample;
      heard += 1;
      if (heard < WINDOW_SAMPLES) continue;
      this.#judge(energy / (WINDOW_SAMPLES * FULL_SCALE * FULL_SCALE));
      heard = 0;
      energy = 0;
    }
    this.#heard = heard;
    this.#energy = energy;
    this.#skip = (at - endsAt) / BYTES_PER_SAMPLE;

    return this.#speechMs > speechBeforeMs;
  }

  #judge(power: number): void {
    const floor = Math.max(LOWEST_FLOOR, Math.min(power, this.#floor));
    this.#floor = floor * this.#rise;

    if (power >= floor * ABOVE_FLOOR) {
      this.#speechMs += this.#windowMs;
      this.#quietMs = 0;
    } else {
      this.#quietMs += this.#windowMs;
    }
  }
}

function powerOf(decibels: number): number {
  return 10 ** (decibels / 10);
}
