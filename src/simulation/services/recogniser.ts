/** Who understands the voice of `voice.ts`, at any multiple of its rate; and what else hears it. */
import { readingOf, isMostOfNucleus, textOf } from './voice.ts';
import type { Word } from './voice.ts';
import { samplesOf } from '../../audio/format.ts';
import type { Resampler } from '../../ports/resampler.ts';
import type { CreateVoiceActivityDetector } from '../../ports/voice-activity.ts';
import type {
  Recogniser,
  RecogniserStreamOptions,
} from '../../simulators/recogniser/recogniser.ts';
import { Segmenter } from '../../simulators/recogniser/segmenter.ts';
import type { EngineWord, SegmentEngine } from '../../simulators/recogniser/segmenter.ts';

const ENDPOINT_MS = 500;
const LONGEST_SILENCE_MS = 5_000;
const LONG_MS = 20_000;
/** No part of a word is shorter. */
const STEP_MS = 10;
const LOUD = 500;
const CONFIDENCE = 0.99;

export function createVoiceRecogniser(): Recogniser {
  return { open: (options) => openStream(options), close: () => Promise.resolve() };
}

function openStream(options: RecogniserStreamOptions) {
  const { sampleRateHz } = options;
  let isClosed = false;
  let isWorking = false;
  const segmenter = new Segmenter({
    sampleRateHz,
    openEngine: () => new VoiceEngine(sampleRateHz),
    onResult: (result) => options.onResult(result),
    pauseMs: ENDPOINT_MS - STEP_MS,
  });
  const work = (): void => {
    if (isWorking) return;
    isWorking = true;
    while (!isClosed && segmenter.step());
    isWorking = false;
  };
  return {
    write: (bytes: Uint8Array) => {
      segmenter.write(isWorking ? new Uint8Array(bytes) : bytes);
      work();
    },
    flush: (token: number) => {
      segmenter.flush(token);
      work();
    },
    close: () => {
      isClosed = true;
      segmenter.close();
    },
  };
}

interface HeardWord {
  readonly word: Word;
  readonly start: number;
  end: number;
  nucleus: number;
}

class VoiceEngine implements SegmentEngine {
  readonly #sampleRateHz: number;
  readonly #step: number;
  readonly #words: HeardWord[] = [];
  #samples = 0;
  #value = 0;
  #since = 0;

  constructor(sampleRateHz: number) {
    this.#sampleRateHz = sampleRateHz;
    this.#step = (sampleRateHz * STEP_MS) / 1_000;
  }

  accept(frame: Uint8Array): boolean {
    const count = samplesOf(frame.length);
    const samples = new Int16Array(frame.buffer, frame.byteOffset, count);
    for (let from = 0; from < count; from += this.#step) {
      const last = Math.min(from + this.#step, count) - 1;
      this.#scan(samples, from, last);
    }
    this.#samples += count;
    const lastsMs = this.#msOf(this.#samples);
    const word = this.#words.at(-1);
    if (this.#value !== 0) return false;
    if (word === undefined) return lastsMs >= LONGEST_SILENCE_MS;
    return this.#msOf(this.#samples - word.end) >= ENDPOINT_MS || lastsMs >= LONG_MS;
  }

  interimText(): string {
    return this.#told()
      .map(({ word }) => textOf(word))
      .join(' ');
  }

  finish() {
    this.#turn(0, this.#samples);
    const words: readonly EngineWord[] = this.#told().map(({ word, start, end }) => ({
      text: textOf(word),
      startSeconds: start / this.#sampleRateHz,
      endSeconds: end / this.#sampleRateHz,
      confidence: CONFIDENCE,
    }));
    return { text: words.map(({ text }) => text).join(' '), words };
  }

  free(): void {
    this.#words.length = 0;
  }

  #told(): readonly HeardWord[] {
    return this.#words.filter(({ nucleus }) => isMostOfNucleus(nucleus, this.#sampleRateHz));
  }

  /** A step holds at most one change: it is looked for where the step ends otherwise than it began. */
  #scan(samples: Int16Array, first: number, last: number): void {
    for (let from = first; (samples[last] ?? 0) !== this.#value;) {
      let low = from;
      if ((samples[low] ?? 0) === this.#value) {
        let high = last;
        while (high - low > 1) {
          const middle = (low + high) >> 1;
          if ((samples[middle] ?? 0) === this.#value) low = middle;
          else high = middle;
        }
        low = high;
      }
      this.#turn(samples[low] ?? 0, this.#samples + low);
      from = low;
    }
  }

  /** From here on every sample says something else. */
  #turn(value: number, at: number): void {
    const reading = readingOf(this.#value);
    if (reading !== null) this.#note(reading.word, reading.isNucleus, at);
    this.#value = value;
    this.#since = at;
  }

  #note(word: Word, isNucleus: boolean, end: number): void {
    let last = this.#words.at(-1);
    if (last?.word.number !== word.number) {
      last = { word, start: this.#since, end, nucleus: 0 };
      this.#words.push(last);
    }
    last.end = end;
    if (isNucleus) last.nucleus += end - this.#since;
  }

  #msOf(samples: number): number {
    return (samples * 1_000) / this.#sampleRateHz;
  }
}

/** Each sample several times: what the voice says stays what it is. */
export function createRepeatingResampler(fromHz: number, toHz: number): Promise<Resampler> {
  const times = toHz / fromHz;
  return Promise.resolve({
    process: (bytes) => {
      const samples = new Int16Array(bytes.slice().buffer);
      const repeated = new Int16Array(samples.length * times);
      for (let at = 0; at < repeated.length; at += 1) {
        repeated[at] = samples[Math.floor(at / times)] ?? 0;
      }
      return new Uint8Array(repeated.buffer);
    },
    free: () => undefined,
  });
}

/** Takes for speech whatever is loud in its middle. */
export const loudness: CreateVoiceActivityDetector = ({ sampleRateHz }) =>
  Promise.resolve({
    frameSamples: sampleRateHz / 100,
    isSpeech: (frame) => (frame[frame.length >> 1] ?? 0) > LOUD,
    reset: () => undefined,
  });
