/**
 * Cuts a stream of audio into utterances and the silence between them.
 *
 * Where it cuts depends on the audio since the last cut and on nothing else: not on how the audio came in pieces, and not
 * on what was heard before, for at every cut the detector forgets. So a replay that begins at a cut is cut as before.
 */
import type { VoiceActivityDetector } from '../../ports/voice-activity.ts';
import { FRINGE_MS, Loudness } from './loudness.ts';

export interface CutSettings {
  readonly sampleRateHz: number;
  /** A pause this long ends an utterance. */
  readonly minSilenceMs: number;
  /** A longer utterance is cut in two, where it is quietest. */
  readonly maxUtteranceMs: number;
  /** So much of what was before the first sound goes along, and as much of the silence after the last. */
  readonly preRollMs: number;
  /** Less speech than this is a click. */
  readonly minSpeechMs: number;
}

/** Positions are samples since the first. Silence and utterances tile the audio. */
export interface Silence {
  readonly kind: 'silence';
  readonly from: number;
  readonly to: number;
}

export interface Utterance {
  readonly kind: 'utterance';
  /** Up to `from` it is silence that nobody was told of yet. */
  readonly leadFrom: number;
  readonly from: number;
  readonly to: number;
  /** PCM s16le from `from` on, without most of the silence at its end. */
  readonly pcm: Uint8Array;
  /** How much of it the detector took for speech. */
  readonly voicedMs: number;
  /** The speaker paused; otherwise it was cut for its length, or because somebody asked. */
  readonly endsInPause: boolean;
}

export type Cut = Silence | Utterance;

export type CutterEvent =
  | Cut
  | { readonly kind: 'speech'; readonly at: number }
  /** Somebody still speaks. */
  | { readonly kind: 'listening'; readonly from: number; readonly to: number };

/** Silence is told in pieces of this length, so that nobody has to keep it. */
const SILENCE_PIECE_MS = 5_000;
const LISTENING_EVERY_MS = 1_000;
/** A sound with a longer hole in it is two. */
const HOLE_MS = 90;
const BYTES_PER_SAMPLE = 2;

export class Cutter {
  readonly #detector: VoiceActivityDetector;
  readonly #settings: CutSettings;
  readonly #emit: (event: CutterEvent) => void;
  readonly #samplesPerMs: number;
  readonly #loudness: Loudness;
  /** Everything since the last cut. */
  #bytes = new Uint8Array(65_536);
  #filledBytes = 0;
  #origin = 0;
  #isExamining = false;
  // What follows counts from the last cut.
  #examined = 0;
  #voiced = 0;
  #soundFrom: number | null = null;
  #soundVoiced = 0;
  #voicedThrough = 0;
  #speechFrom: number | null = null;
  #toldThrough = 0;

  constructor(
    detector: VoiceActivityDetector,
    settings: CutSettings,
    emit: (event: CutterEvent) => void,
  ) {
    this.#detector = detector;
    this.#settings = settings;
    this.#emit = emit;
    this.#samplesPerMs = settings.sampleRateHz / 1_000;
    this.#loudness = new Loudness(detector.frameSamples, this.#samplesPerMs);
    detector.reset();
  }

  /** Samples that came so far. */
  get samples(): number {
    return this.#origin + this.#pending;
  }

  push(bytes: Uint8Array): void {
    this.#append(bytes);
    if (this.#isExamining) return; // who is told of a cut may push what comes next
    this.#isExamining = true;
    while (this.#examined + this.#detector.frameSamples <= this.#pending) this.#examine();
    this.#isExamining = false;
  }

  /** Cuts here. Null where nothing came since the last cut. */
  flush(): Cut | null {
    const through = this.#pending;
    if (through === 0) return null;
    const cut = this.#cutAt(through, false);
    this.#advance(through);
    return cut;
  }

  get #pending(): number {
    return Math.floor(this.#filledBytes / BYTES_PER_SAMPLE);
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#filledBytes + bytes.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#filledBytes));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#filledBytes);
    this.#filledBytes = needed;
  }

  #examine(): void {
    const { frameSamples } = this.#detector;
    const from = this.#examined;
    const frame = new Int16Array(this.#bytes.buffer, from * BYTES_PER_SAMPLE, frameSamples);
    this.#examined = from + frameSamples;
    this.#loudness.add(frame);
    if (this.#detector.isSpeech(frame)) this.#heard(from, this.#examined);
    if (this.#speechFrom === null) this.#inSilence();
    else this.#inSpeech(this.#speechFrom);
  }

  #heard(from: number, to: number): void {
    const isApart = from - this.#voicedThrough > HOLE_MS * this.#samplesPerMs;
    if (this.#soundFrom === null || (isApart && this.#speechFrom === null)) {
      this.#soundFrom = from;
      this.#soundVoiced = 0;
    }
    this.#voiced += to - from;
    this.#soundVoiced += to - from;
    this.#voicedThrough = to;
    const isSpeech = this.#soundVoiced >= this.#settings.minSpeechMs * this.#samplesPerMs;
    if (this.#speechFrom !== null || !isSpeech) return;
    this.#speechFrom = this.#loudness.fringeOf({ from: this.#soundFrom, to }, -1);
    this.#emit({ kind: 'speech', at: this.#origin + this.#soundFrom });
  }

  #inSilence(): void {
    const quietFor = this.#examined - this.#voicedThrough;
    if (this.#soundFrom !== null && quietFor <= HOLE_MS * this.#samplesPerMs) return;
    this.#soundFrom = null;
    if (this.#examined < SILENCE_PIECE_MS * this.#samplesPerMs) return;
    // What may yet turn out to be the run-up to speech is kept.
    const from = this.#origin;
    this.#advance(this.#examined - this.#preRollSamples - FRINGE_MS * this.#samplesPerMs);
    this.#emit({ kind: 'silence', from, to: this.#origin });
  }

  #inSpeech(speechFrom: number): void {
    const { minSilenceMs, maxUtteranceMs } = this.#settings;
    const now = this.#examined;
    const isPause = now - this.#voicedThrough >= minSilenceMs * this.#samplesPerMs;
    const isTooLong = now - this.#clipFrom(speechFrom) >= maxUtteranceMs * this.#samplesPerMs;
    if (isPause || isTooLong) {
      const through = isPause ? now : this.#loudness.quietestPlace();
      const cut = this.#cutAt(through, isPause);
      this.#advance(through); // first: see `push`
      this.#emit(cut);
    } else if (now - this.#toldThrough >= LISTENING_EVERY_MS * this.#samplesPerMs) {
      this.#toldThrough = now;
      this.#emit({ kind: 'listening', from: this.#origin, to: this.#origin + now });
    }
  }

  #cutAt(through: number, endsInPause: boolean): Cut {
    const origin = this.#origin;
    const to = origin + through;
    if (this.#speechFrom === null) return { kind: 'silence', from: origin, to };
    const clipFrom = this.#clipFrom(this.#speechFrom);
    const voice = { from: this.#speechFrom, to: this.#voicedThrough };
    const voicedTo = this.#loudness.fringeOf(voice, 1);
    const clipTo = Math.min(through, voicedTo + this.#preRollSamples);
    return {
      kind: 'utterance',
      leadFrom: origin,
      from: origin + clipFrom,
      to,
      pcm: this.#bytes.slice(clipFrom * BYTES_PER_SAMPLE, clipTo * BYTES_PER_SAMPLE),
      voicedMs: this.#voiced / this.#samplesPerMs,
      endsInPause,
    };
  }

  #clipFrom(speechFrom: number): number {
    return Math.max(0, speechFrom - this.#preRollSamples);
  }

  get #preRollSamples(): number {
    return Math.round(this.#settings.preRollMs * this.#samplesPerMs);
  }

  /** A cut: what lies before it is forgotten, what follows it is heard as if nothing had been before. */
  #advance(through: number): void {
    this.#bytes.copyWithin(0, through * BYTES_PER_SAMPLE, this.#filledBytes);
    this.#filledBytes -= through * BYTES_PER_SAMPLE;
    this.#origin += through;
    this.#examined = 0;
    this.#loudness.clear();
    this.#voiced = 0;
    this.#soundFrom = null;
    this.#soundVoiced = 0;
    this.#voicedThrough = 0;
    this.#speechFrom = null;
    this.#toldThrough = 0;
    this.#detector.reset();
  }
}
