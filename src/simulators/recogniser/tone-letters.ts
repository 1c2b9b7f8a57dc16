/**
 * Finds the letters of `persona/voice.ts` in audio.
 *
 * A letter is a number of equal waves that fills 65 ms and swells and fades at its ends. So the audio is taken as half
 * waves, from one crossing of zero to the next; a stretch of loud ones is sound between two fades, and each straight piece of
 * it, crossings over their count, is a letter or what a cut has left of one.
 */
import { BYTES_PER_SAMPLE } from '../../audio/format.ts';
import { ALPHABET, FADE_MS, FEWEST_WAVES, LETTER_MS } from '../persona/voice.ts';

/** A piece of one letter, at least a few half waves long. Positions are samples, not whole ones. */
export interface LetterPiece {
  readonly letter: string;
  readonly start: number;
  readonly end: number;
}

/** Softer than this (of 32,768) is no sound: the voice's peaks are about 8,000. */
const SOFTEST = 500;
/** A wave counts as one when it goes so far beyond zero, measured by the half wave before. */
const CROSSED_RATIO = 0.25;
/** Half waves below this share of the loudest of their stretch are its swelling and its fading. */
const LOUD_RATIO = 0.5;
const FEWEST_HALVES = 4;
/** Louder than soft noise: so few of these may be a letter that begins. */
const FEWEST_LOUD_HALVES = 2;
const SURELY_LOUD = 4 * SOFTEST;
/** Two letters that a cut has put together, and a little more. A longer tone is not the voice. */
const LONGEST_STRETCH_MS = 2.3 * LETTER_MS;
const MOST_WAVES = FEWEST_WAVES + ALPHABET.length - 1;
const HALF_LETTER_MS = LETTER_MS / 2;
/** Half waves are measured to so much of their length. */
const TOLERANCE_RATIO = 0.2;
/** Crossings of one pitch lie on a straight line, but for so much of a half wave. */
const LARGEST_BEND_RATIO = 0.25;
/** A count of waves must be as near as this to a whole one. */
const LARGEST_MISFIT = 0.35;
/** Every half wave that can be one, in the longest stretch. */
const CAPACITY = Math.ceil(
  ((LONGEST_STRETCH_MS / HALF_LETTER_MS) * MOST_WAVES) / (1 - TOLERANCE_RATIO),
);

export class LetterFinder {
  readonly #onPiece: (piece: LetterPiece) => void;
  readonly #shortestHalf: number;
  readonly #longestHalf: number;
  readonly #longestStretch: number;
  readonly #halfLetter: number;
  readonly #edge: number;
  #samples = 0;
  #previous = 0;
  #crossing = NaN;
  /** The side of zero that the wave was last surely on. */
  #side: -1 | 0 | 1 = 0;
  #sideSince = NaN;
  #peak = 0;
  #threshold = SOFTEST;
  /** The stretch: `#halves` half waves lie between so many crossings and one. */
  readonly #crossings = new Float64Array(CAPACITY + 1);
  readonly #peaks = new Float64Array(CAPACITY);
  #halves = 0;
  #loudest = 0;
  #isTooLong = false;

  constructor(sampleRateHz: number, onPiece: (piece: LetterPiece) => void) {
    const samplesPerMs = sampleRateHz / 1_000;
    this.#onPiece = onPiece;
    this.#halfLetter = HALF_LETTER_MS * samplesPerMs;
    this.#shortestHalf = (this.#halfLetter / MOST_WAVES) * (1 - TOLERANCE_RATIO);
    this.#longestHalf = (this.#halfLetter / FEWEST_WAVES) * (1 + TOLERANCE_RATIO);
    this.#longestStretch = LONGEST_STRETCH_MS * samplesPerMs;
    this.#edge = FADE_MS * LOUD_RATIO * samplesPerMs;
  }

  /** Whole samples, PCM s16le. */
  accept(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = Math.floor(bytes.byteLength / BYTES_PER_SAMPLE);
    const from = this.#samples;
    this.#samples += count;
    let previous = this.#previous;
    let peak = this.#peak;
    let side = this.#side;
    let threshold = this.#threshold;
    for (let index = 0; index < count; index += 1) {
      const value = view.getInt16(index * BYTES_PER_SAMPLE, true);
      if (value > 0 !== previous > 0) {
        this.#crossing = from + index - value / (value - previous);
      }
      previous = value;
      const level = value < 0 ? -value : value;
      if (level > threshold && side !== (value < 0 ? -1 : 1)) {
        this.#turn(peak);
        side = value < 0 ? -1 : 1;
        threshold = Math.max(SOFTEST, peak * CROSSED_RATIO);
        peak = level;
      } else if (level > peak) {
        peak = level;
      } else if (side !== 0 && from + index - this.#sideSince > 2 * this.#longestHalf) {
        this.#endStretch();
        this.#sideSince = NaN;
        side = 0;
        threshold = SOFTEST;
        peak = 0;
      }
    }
    this.#previous = previous;
    this.#peak = peak;
    this.#side = side;
    this.#threshold = threshold;
  }

  /** Whether a letter may have begun that has not ended. */
  get isHearing(): boolean {
    const fewest = this.#loudest > SURELY_LOUD ? FEWEST_LOUD_HALVES : FEWEST_HALVES;
    return this.#halves >= fewest && !this.#isTooLong;
  }

  /** The audio ends here, in the middle of whatever it is. */
  finish(): void {
    this.#endStretch();
  }

  /** A half wave is over, and another has begun at the last crossing. */
  #turn(peak: number): void {
    const start = this.#sideSince;
    const end = this.#crossing;
    const length = end - start;
    this.#sideSince = end;
    // Also false where there is no crossing yet.
    const isWave = length >= this.#shortestHalf && length <= this.#longestHalf;
    if (!isWave || peak < LOUD_RATIO * this.#loudest) this.#endStretch();
    if (isWave) this.#extendStretch(start, end, peak);
  }

  #extendStretch(start: number, end: number, peak: number): void {
    this.#loudest = Math.max(this.#loudest, peak);
    if (this.#halves === 0) this.#crossings[0] = start;
    this.#isTooLong ||= this.#halves === CAPACITY || end - this.#at(0) > this.#longestStretch;
    if (this.#isTooLong) return;
    this.#peaks[this.#halves] = peak;
    this.#halves += 1;
    this.#crossings[this.#halves] = end;
  }

  #endStretch(): void {
    const last = this.#halves;
    let first = 0;
    while (first < last && (this.#peaks[first] ?? 0) < LOUD_RATIO * this.#loudest) first += 1;
    this.#halves = 0;
    this.#loudest = 0;
    if (this.#isTooLong) this.#isTooLong = false;
    else if (last - first >= FEWEST_HALVES) this.#tellPieces(first, last);
  }

  /** Splits at the crossing that lies farthest from a straight line, until none lies far. */
  #tellPieces(first: number, last: number): void {
    const waiting = [[first, last] as const];
    for (let piece = waiting.pop(); piece !== undefined; piece = waiting.pop()) {
      const [from, to] = piece;
      if (to - from < FEWEST_HALVES) continue;
      const corner = this.#cornerOf(from, to);
      if (corner === null) this.#tell(from, to, from === first, to === last);
      else waiting.push([corner, to], [from, corner]);
    }
  }

  #cornerOf(from: number, to: number): number | null {
    const start = this.#at(from);
    const half = (this.#at(to) - start) / (to - from);
    let farthest = LARGEST_BEND_RATIO * half;
    let corner: number | null = null;
    for (let index = from + 1; index < to; index += 1) {
      const bend = Math.abs(this.#at(index) - start - (index - from) * half);
      if (bend <= farthest) continue;
      farthest = bend;
      corner = index;
    }
    return corner;
  }

  #tell(from: number, to: number, isFirst: boolean, isLast: boolean): void {
    const start = this.#at(from);
    const end = this.#at(to);
    const waves = ((to - from) * this.#halfLetter) / (end - start);
    const nearest = Math.round(waves);
    const letter = ALPHABET[nearest - FEWEST_WAVES];
    if (letter === undefined || Math.abs(waves - nearest) > LARGEST_MISFIT) return;
    this.#onPiece({
      letter,
      start: isFirst ? Math.max(0, start - this.#edge) : start,
      end: isLast ? Math.min(this.#samples, end + this.#edge) : end,
    });
  }

  #at(index: number): number {
    return this.#crossings[index] ?? 0;
  }
}
