/**
 * The client's audio, on its way into the session with the services, and the way back: from its time to the client's samples.
 *
 * The inner session hears one stream without holes that begins where finals ended. What the client says it lost is silence as
 * long as it was, so that times stay true; of a long hole only its beginning, and the rest is left out of both clocks.
 */
import type { GuardedStage } from './audio-stage.ts';
import type { Levels } from './levels.ts';
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import { Timeline } from '../../audio/timeline.ts';
import { MAX_POSITION } from '../../protocol/limits.ts';

/** Longer than any service waits before it ends an utterance; and what is not spoken is not paid for. */
const MAX_SILENCE_MS = 5_000;
/** Silence is written in pieces of so much. */
const SILENCE_PIECE_MS = 100;

export interface FeedOptions {
  readonly sampleRateHz: number;
  /** Where the stream begins, in samples of the session. */
  readonly from: number;
  readonly stage: GuardedStage;
  readonly levels: Levels;
  /** Takes whole samples, and copies them. */
  readonly write: (pcm: Uint8Array) => void;
}

export class Feed {
  readonly #options: FeedOptions;
  /** Samples of the inner session's stream, and the session's. */
  readonly #timeline: Timeline;
  #end: number;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#timeline = new Timeline(options.from);
    this.#end = options.from;
  }

  /** Where what was taken ends, in samples of the session. */
  get end(): number {
    return this.#end;
  }

  /** @param bytes only valid during the call. What of it was taken before is passed over, and so is half a sample. */
  take(position: number, bytes: Uint8Array): void {
    const told = Math.max(0, this.#end - position);
    const whole = Math.min(Math.floor(bytes.length / BYTES_PER_SAMPLE), MAX_POSITION - position);
    if (told >= whole) return;
    this.reach(position);
    const { stage, levels, write } = this.#options;
    const news = bytes.subarray(told * BYTES_PER_SAMPLE, whole * BYTES_PER_SAMPLE);
    const heard = stage.process(news);
    levels.hear(heard);
    this.#append(heard.length / BYTES_PER_SAMPLE);
    write(heard);
  }

  /** Nothing was captured up to here, or it is lost. */
  reach(given: number): void {
    const position = Math.min(given, MAX_POSITION);
    const missing = position - this.#end;
    if (missing <= 0) return;
    const { sampleRateHz, levels, write } = this.#options;
    const most = (MAX_SILENCE_MS * sampleRateHz) / 1_000;
    const silent = Math.min(missing, most);
    if (missing <= most) this.#append(missing);
    else {
      this.#timeline.insert(silent);
      this.#end = position;
    }
    const pieceSamples = Math.floor((SILENCE_PIECE_MS * sampleRateHz) / 1_000);
    const piece = new Uint8Array(pieceSamples * BYTES_PER_SAMPLE);
    for (let left = silent * BYTES_PER_SAMPLE; left > 0; left -= piece.length) {
      const silence = left < piece.length ? piece.subarray(0, left) : piece;
      levels.hear(silence);
      write(silence);
    }
  }

  /** Where a moment of the inner session lies, in samples of the session. */
  positionOf(ms: number): number {
    return this.#timeline.positionOf(this.sampleOf(ms));
  }

  /** The same of the end of a word: where a hole follows it, the word does not last as long as that. */
  endOf(ms: number): number {
    const sample = this.sampleOf(ms);
    return sample === 0 ? this.positionOf(0) : this.#timeline.positionOf(sample - 1) + 1;
  }

  /** The same in samples of the inner session. */
  sampleOf(ms: number): number {
    return Math.max(0, Math.round((ms * this.#options.sampleRateHz) / 1_000));
  }

  #append(samples: number): void {
    this.#timeline.append(this.#end, samples);
    this.#end += samples;
  }
}
