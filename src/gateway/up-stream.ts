/** What comes from the client, on its way to the app: audio at once, everything else when it is in the log. */
import { Unhandled } from './admission/unhandled.ts';
import { UsualSize } from './admission/usual-size.ts';
import type { AppHandlers } from './app.ts';
import { Unfinished } from './unfinished.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import {
  MAX_FRAME_BYTES,
  UNFINISHED_MAX_MS,
  WINDOW_BYTES,
  WINDOW_CHUNKS,
  WINDOW_MIN_CHUNKS,
} from '../protocol/limits.ts';
import { DATA_HEADER_BYTES, GAP_BYTES } from '../protocol/frames.ts';
import { readJson } from '../protocol/json.ts';
import type { DataFrame, GapFrame } from '../protocol/types.ts';

/** Handed over once it is in the log. */
interface Waiting {
  readonly seq: number;
  readonly hand: () => void;
}

const decoder = new TextDecoder();

export class UpStream {
  readonly #app: AppHandlers;
  readonly #sampleRateHz: number;
  #waiting: Waiting[] = [];
  /** Where the audio that came in ends, in samples. */
  #position: number;
  #isPositionKnown = false;
  /** What no final covers yet. */
  readonly #unfinished = new Unfinished();
  readonly #unhandled: Unhandled;
  readonly #size = new UsualSize(1);
  /** Up to here there is a final, or the app is done with it all the same. */
  #finishedThrough: number;
  #edge = 0;

  /** @param maxUnhandledBytes what may wait for the app; then the client gets no more credit. */
  constructor(app: AppHandlers, sampleRateHz: number, fin: number, maxUnhandledBytes = Infinity) {
    this.#unhandled = new Unhandled(maxUnhandledBytes);
    this.#app = app;
    this.#sampleRateHz = sampleRateHz;
    this.#position = fin;
    this.#finishedThrough = fin;
  }

  /** Where the audio that came in ends, in samples; null of a session that was taken over with nothing to be handled. */
  get position(): number | null {
    return this.#isPositionKnown ? this.#position : null;
  }

  /** @returns whether it is handed over only once it is in the log. */
  take(frame: DataFrame | GapFrame): boolean {
    if (frame.type === 'gap') {
      const { toSeq, position, samplesLost: samples, cause } = frame;
      this.#unhandled.add(toSeq, GAP_BYTES);
      this.#note(toSeq, position + samples);
      this.#app.gap({ toSeq, position, samples, cause });
      return false;
    }
    const { seq, position, capturedAtMs, isSpeech, payload, codec } = frame;
    this.#size.add(payload.length);
    this.#unhandled.add(seq, DATA_HEADER_BYTES + payload.length);
    if (codec === 'pcm_s16le' || codec === 'opus') {
      this.#note(seq, position + payload.length / BYTES_PER_SAMPLE);
      this.#app.audio({ seq, position, capturedAtMs, isSpeech, bytes: payload });
      return false;
    }
    this.#waiting.push({ seq, hand: this.#handing(seq, codec, new Uint8Array(payload)) });
    return true;
  }

  /** What the app failed on too often: audio is silence as long as it was, and of anything else nothing is handed over. P24.3 */
  passOver(frame: DataFrame | GapFrame): void {
    if (frame.type === 'gap') {
      this.#note(frame.toSeq, frame.position + frame.samplesLost);
      return;
    }
    const { seq, position, codec, payload } = frame;
    if (codec !== 'pcm_s16le' && codec !== 'opus') return;
    const samples = payload.length / BYTES_PER_SAMPLE;
    this.#note(seq, position + samples);
    this.#app.gap({ toSeq: seq, position, samples, cause: 'setAside' });
  }

  /** A gap of which some is here, without that. P14.2 */
  restOf(gap: GapFrame, fromSeq: number): GapFrame {
    const end = gap.position + gap.samplesLost;
    const position = Math.min(end, Math.max(gap.position, this.#position));
    return { ...gap, fromSeq, position, samplesLost: end - position };
  }

  /** Finals cover the audio through `fin`: the newest seq with which everything is done, or 0 where that is not known. */
  finished(fin: number): number {
    const { seq } = this.#unfinished.dropEndedBy(fin);
    const [waiting] = this.#waiting;
    return waiting === undefined ? seq : Math.min(seq, waiting.seq - 1);
  }

  /** With everything through `seq` the app is done. */
  handled(seq: number): void {
    this.#unhandled.drop(seq);
    this.#finishedThrough = Math.max(this.#finishedThrough, this.#unfinished.dropThrough(seq).end);
  }

  /** Gaps need no credit, so they have a bound of their own. */
  get isOverfull(): boolean {
    return this.#unhandled.isOverfull;
  }

  /**
   * Everything through `seq` is in the log. What an app says to one message, and that it has handled it, stand in one record:
   * never one without the other.
   */
  committed(seq: number, log: { cut(): void }): void {
    while (this.#waiting[0] !== undefined && this.#waiting[0].seq <= seq) {
      log.cut();
      this.#waiting.shift()?.hand();
    }
  }

  /**
   * How far the client may send: absolute, and never less than it was, so that a lost grant costs nothing. While too much
   * waits for its result, or for the client (`isHeld`), it stays where it is.
   */
  maxSeq(committed: number, fin: number, isHeld = false): number {
    const finished = Math.max(fin, this.#finishedThrough);
    const unfinishedMs = ((this.#position - finished) * 1_000) / this.#sampleRateHz;
    const isTooMuch = unfinishedMs > UNFINISHED_MAX_MS || this.#unhandled.isTooMuch;
    if (isHeld || isTooMuch) return this.#edge;
    const chunks = Math.floor(WINDOW_BYTES / this.#size.bytes);
    const window = Math.max(WINDOW_MIN_CHUNKS, Math.min(WINDOW_CHUNKS, chunks));
    this.#edge = Math.max(this.#edge, committed + window);
    return this.#edge;
  }

  #note(seq: number, end: number): void {
    this.#position = end;
    this.#isPositionKnown = true;
    this.#unfinished.add(seq, end);
  }

  /** An event that is none is passed over: the codec bounds it, and the app is spared it. */
  #handing(seq: number, codec: DataFrame['codec'], payload: Uint8Array): () => void {
    if (codec !== 'json') {
      const message = codec === 'text' ? decoder.decode(payload) : payload;
      return () => this.#app.message?.(seq, message);
    }
    const read = readJson(payload, MAX_FRAME_BYTES);
    return () => {
      if (read.isValid) this.#app.event?.(seq, read.value);
    };
  }
}
