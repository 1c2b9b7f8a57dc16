/** One segment of the voice of `persona/voice.ts`: its letters put together to words, and where it ends. */
import { samplesOf } from '../../audio/format.ts';
import { LETTER_MS, PAUSE_MS } from '../persona/voice.ts';
import type { EngineWord, SegmentEngine, SegmentText } from './segmenter.ts';
import { LetterFinder } from './tone-letters.ts';
import type { LetterPiece } from './tone-letters.ts';

/** Without a word a segment ends after so long; with words it ends where nobody speaks once it is so long, or in any case. */
const LONGEST_SILENCE_MS = 5_000;
const LONG_MS = 20_000;
const LONGEST_MS = 30_000;
/** Quiet for longer than the dip between two letters. */
const QUIET_MS = 25;
/** What is left of a letter, shorter than this, is noise; and so is what lies farther from a word. */
const SHORTEST_PIECE_MS = 15;
const FARTHEST_PIECE_MS = 15;
/** One letter lasts no longer than this, as it is measured. */
const LONGEST_LETTER_RATIO = 1.1;
const NEW_WORD_AFTER_MS = PAUSE_MS / 2;
const CONFIDENCE = 0.99;

export class ToneEngine implements SegmentEngine {
  readonly #endpointMs: number;
  readonly #samplesPerMs: number;
  readonly #finder: LetterFinder;
  readonly #pieces: LetterPiece[] = [];
  #samples = 0;
  /** Of the last letter; null while there is none. */
  #letterEnd: number | null = null;

  constructor(sampleRateHz: number, endpointMs: number) {
    this.#endpointMs = endpointMs;
    this.#samplesPerMs = sampleRateHz / 1_000;
    this.#finder = new LetterFinder(sampleRateHz, (piece) => this.#keep(piece));
  }

  accept(frame: Uint8Array): boolean {
    this.#finder.accept(frame);
    this.#samples += samplesOf(frame.length);
    const lastsMs = this.#samples / this.#samplesPerMs;
    if (lastsMs >= LONGEST_MS) return true;
    if (this.#finder.isHearing) return false;
    if (this.#letterEnd === null) return lastsMs >= LONGEST_SILENCE_MS;
    const quietMs = lastsMs - this.#letterEnd / this.#samplesPerMs;
    return quietMs >= (lastsMs >= LONG_MS ? QUIET_MS : this.#endpointMs);
  }

  interimText(): string {
    return textOf(this.#words());
  }

  finish(): SegmentText {
    this.#finder.finish();
    const words = this.#words();
    return { text: textOf(words), words };
  }

  free(): void {
    this.#pieces.length = 0;
  }

  /** A piece that goes on with the letter before it, after audio that is lost, becomes one with it. */
  #keep(piece: LetterPiece): void {
    const last = this.#pieces.at(-1);
    const lengthMs = this.#msOf(piece);
    if (last !== undefined && this.#isSplice(last, piece)) {
      this.#pieces[this.#pieces.length - 1] = { ...last, end: piece.end };
    } else if (lengthMs >= SHORTEST_PIECE_MS) {
      this.#pieces.push(piece);
    }
    const kept = this.#pieces.at(-1);
    if (kept !== undefined && this.#countOf(kept) > 0) this.#letterEnd = kept.end;
  }

  #isSplice(last: LetterPiece, piece: LetterPiece): boolean {
    const togetherMs = this.#msOf({ start: last.start, end: piece.end });
    return last.letter === piece.letter && togetherMs < LONGEST_LETTER_RATIO * LETTER_MS;
  }

  #words(): readonly EngineWord[] {
    const words: EngineWord[] = [];
    const secondsOf = (samples: number): number => samples / this.#samplesPerMs / 1_000;
    let heardUntil = -Infinity;
    for (const piece of this.#pieces) {
      const letters = piece.letter.repeat(this.#countOf(piece));
      const gapMs = (piece.start - heardUntil) / this.#samplesPerMs;
      if (letters === '' && gapMs > FARTHEST_PIECE_MS) continue;
      heardUntil = piece.end;
      const endSeconds = secondsOf(piece.end);
      const last = words.at(-1);
      if (last === undefined || gapMs > NEW_WORD_AFTER_MS) {
        const startSeconds = secondsOf(piece.start);
        words.push({ text: letters, startSeconds, endSeconds, confidence: CONFIDENCE });
      } else if (letters !== '') {
        words[words.length - 1] = { ...last, text: last.text + letters, endSeconds };
      }
    }
    return words;
  }

  /** How often its letter was said: none where the greater part is missing. */
  #countOf(piece: LetterPiece): number {
    return Math.round(this.#msOf(piece) / LETTER_MS);
  }

  #msOf({ start, end }: Pick<LetterPiece, 'start' | 'end'>): number {
    return (end - start) / this.#samplesPerMs;
  }
}

function textOf(words: readonly EngineWord[]): string {
  return words.map(({ text }) => text).join(' ');
}
