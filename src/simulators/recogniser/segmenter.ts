/**
 * Cuts a stream into segments, so that what a segment says depends on its own audio alone.
 *
 * An engine's text changes with the borders of the chunks it is fed and with what it heard before. So every segment gets
 * a fresh engine, which is fed frames of 100 ms counted from the segment's start. A replay that begins where a final
 * ended then repeats the finals that follow, word for word, however it is chunked.
 */
import { BYTES_PER_SAMPLE, samplesOf } from '../../audio/format.ts';
import type { RecognisedWord, RecogniserResult } from './recogniser.ts';

const FRAMES_PER_SECOND = 10;
/** An interim is looked for after this many frames of a segment, and again after as many. */
const INTERIM_EVERY_FRAMES = 3;
/** An interim that says nothing new still goes out after this many frames: it proves that the service listens. */
const INTERIM_AT_LEAST_EVERY_FRAMES = 9;
const DEFAULT_PAUSE_MS = 300;

/** One segment's recogniser. Times are seconds from the segment's start. */
export interface SegmentEngine {
  /** True where the engine found the end of the segment. */
  accept(frame: Uint8Array): boolean;
  interimText(): string;
  finish(): SegmentText;
  free(): void;
}

export interface SegmentText {
  readonly text: string;
  readonly words: readonly EngineWord[];
}

export interface EngineWord {
  readonly text: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly confidence: number;
}

export interface SegmenterOptions {
  readonly sampleRateHz: number;
  /** A final with less silence at its end was cut for its length, not for a pause. Default 300. */
  readonly pauseMs?: number;
  openEngine(): SegmentEngine;
  onResult(result: RecogniserResult): void;
}

type Work = { readonly bytes: Uint8Array } | { readonly flushToken: number };

export class Segmenter {
  readonly #options: SegmenterOptions;
  readonly #frame: Uint8Array;
  readonly #queue: Work[] = [];
  /** Bytes of the first chunk in the queue that are already in the frame. */
  #taken = 0;
  #filled = 0;
  #engine: SegmentEngine | null = null;
  #segmentStart = 0;
  #fedSamples = 0;
  #frames = 0;
  #interimText = '';
  #interimAtFrame = 0;

  constructor(options: SegmenterOptions) {
    this.#options = options;
    const samples = Math.floor(options.sampleRateHz / FRAMES_PER_SECOND);
    this.#frame = new Uint8Array(samples * BYTES_PER_SAMPLE);
  }

  write(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#queue.push({ bytes });
  }

  flush(flushToken: number): void {
    this.#queue.push({ flushToken });
  }

  /** Does at most one frame or one flush; false where nothing is left to do until more comes. */
  step(): boolean {
    for (;;) {
      const work = this.#queue[0];
      if (work === undefined) return false;
      if ('flushToken' in work) {
        this.#queue.shift();
        this.#flush(work.flushToken);
        return true;
      }
      this.#fill(work.bytes);
      if (this.#filled === this.#frame.length) {
        this.#feed();
        return true;
      }
    }
  }

  /** Bytes fed to an engine since the start. */
  get fedBytes(): number {
    return (this.#segmentStart + this.#fedSamples) * BYTES_PER_SAMPLE;
  }

  close(): void {
    this.#queue.length = 0;
    this.#engine?.free();
    this.#engine = null;
  }

  #fill(bytes: Uint8Array): void {
    const room = this.#frame.length - this.#filled;
    const part = bytes.subarray(this.#taken, this.#taken + room);
    this.#frame.set(part, this.#filled);
    this.#filled += part.length;
    this.#taken += part.length;
    if (this.#taken < bytes.length) return;
    this.#queue.shift();
    this.#taken = 0;
  }

  /** Feeds the frame as far as it is filled. Where that is for a flush, the final answers it, whoever ended the segment. */
  #feed(flushToken?: number): void {
    // An odd byte at a flush waits for its other half: it stays at the frame's start.
    const samples = samplesOf(this.#filled);
    const whole = samples * BYTES_PER_SAMPLE;
    const engine = (this.#engine ??= this.#options.openEngine());
    const ended = engine.accept(this.#frame.subarray(0, whole));
    this.#frame.copyWithin(0, whole, this.#filled);
    this.#filled -= whole;
    this.#fedSamples += samples;
    this.#frames += 1;
    if (ended || flushToken !== undefined) this.#finish(engine, ended, flushToken);
    else this.#considerInterim(engine);
  }

  #flush(flushToken: number): void {
    if (samplesOf(this.#filled) > 0) {
      this.#feed(flushToken);
      return;
    }
    if (this.#engine !== null) {
      this.#finish(this.#engine, false, flushToken);
      return;
    }
    const nothing = { kind: 'final', text: '', words: [], endsUtterance: false } as const;
    const at = this.#segmentStart;
    const range = { startSample: at, endSample: at, coversAudio: false };
    this.#options.onResult({ ...nothing, ...range, flushToken });
  }

  #considerInterim(engine: SegmentEngine): void {
    if (this.#frames % INTERIM_EVERY_FRAMES !== 0) return;
    const text = engine.interimText();
    const isDue = this.#frames - this.#interimAtFrame >= INTERIM_AT_LEAST_EVERY_FRAMES;
    if (text === this.#interimText && !isDue) return;
    this.#interimText = text;
    this.#interimAtFrame = this.#frames;
    this.#options.onResult({
      kind: 'interim',
      startSample: this.#segmentStart,
      endSample: this.#segmentStart + this.#fedSamples,
      text,
      words: [],
      endsUtterance: false,
      coversAudio: true,
    });
  }

  #finish(engine: SegmentEngine, ended: boolean, flushToken?: number): void {
    const { text, words } = engine.finish();
    engine.free();
    const startSample = this.#segmentStart;
    const endSample = startSample + this.#fedSamples;
    const placed = words.map((word) => this.#place(word, endSample));
    const silence = endSample - (placed.at(-1)?.endSample ?? startSample);
    const { pauseMs = DEFAULT_PAUSE_MS, sampleRateHz } = this.#options;
    this.#engine = null;
    this.#segmentStart = endSample;
    this.#fedSamples = 0;
    this.#frames = 0;
    this.#interimText = '';
    this.#interimAtFrame = 0;
    this.#options.onResult({
      kind: 'final',
      startSample,
      endSample,
      text,
      words: placed,
      endsUtterance: ended && silence * 1_000 >= pauseMs * sampleRateHz,
      coversAudio: true,
      ...(flushToken === undefined ? {} : { flushToken }),
    });
  }

  #place(word: EngineWord, segmentEnd: number): RecognisedWord {
    const toSample = (seconds: number): number =>
      Math.min(segmentEnd, this.#segmentStart + Math.round(seconds * this.#options.sampleRateHz));
    return {
      text: word.text,
      startSample: toSample(word.startSeconds),
      endSample: toSample(word.endSeconds),
      confidence: word.confidence,
    };
  }
}
