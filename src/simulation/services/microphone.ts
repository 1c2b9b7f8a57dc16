/** What somebody says, drawn as it is captured: words in turns with pauses between them. Positions count captured audio. */
import { between, whole } from './draws.ts';
import type { SeededRandom } from '../../ports/random.ts';
import { NUCLEUS_AT_MS, SAMPLES_PER_MS, WORD_MS, utter } from './voice.ts';
import type { Word } from './voice.ts';

export interface SpokenWord extends Word {
  readonly fromMs: number;
  readonly nucleusAtMs: number;
}

const BETWEEN_WORDS_MS = 80;
const PAUSE_MS = { least: 1_500, most: 9_000 } as const;
const MOST_WORDS = 4;
const ASKS_RATIO = 0.2;

export class Microphone {
  /** Every word of which at least the beginning was captured. */
  readonly words: SpokenWord[] = [];
  readonly #random: SeededRandom;
  /** Words that are drawn, in order; the last may not have begun. */
  readonly #ahead: SpokenWord[] = [];
  #drawnMs: number;
  #drawn = 0;
  #capturedMs = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
    this.#drawnMs = between(random, 500, 3_000);
  }

  get capturedMs(): number {
    return this.#capturedMs;
  }

  /** PCM s16le of the next so many milliseconds. @param isSilent nobody speaks, and who did stops. */
  capture(forMs: number, isSilent = false): Uint8Array {
    const samples = new Int16Array(forMs * SAMPLES_PER_MS);
    const untilMs = this.#capturedMs + forMs;
    if (isSilent) this.#fallSilent(untilMs);
    while (this.#drawnMs < untilMs) this.#drawTurn();
    for (const word of this.#ahead) {
      if (word.fromMs >= untilMs) break;
      if (word.fromMs >= this.#capturedMs) this.words.push(word);
      utter(word, samples, Math.round((word.fromMs - this.#capturedMs) * SAMPLES_PER_MS));
    }
    while ((this.#ahead[0]?.fromMs ?? Infinity) + WORD_MS <= untilMs) this.#ahead.shift();
    this.#capturedMs = untilMs;
    return new Uint8Array(samples.buffer);
  }

  /** Whoever is in a word ends it. */
  #fallSilent(untilMs: number): void {
    while ((this.#ahead.at(-1)?.fromMs ?? -1) >= this.#capturedMs) {
      this.#ahead.pop();
      this.#drawn -= 1;
    }
    this.#drawnMs = Math.max(untilMs, this.#drawnMs);
  }

  #drawTurn(): void {
    const random = this.#random;
    const asksTool = random.chance(ASKS_RATIO);
    for (let left = whole(random, 1, MOST_WORDS); left > 0; left -= 1) {
      const fromMs = Math.ceil(this.#drawnMs);
      const number = (this.#drawn += 1);
      this.#ahead.push({ number, asksTool, fromMs, nucleusAtMs: fromMs + NUCLEUS_AT_MS });
      this.#drawnMs = fromMs + WORD_MS + BETWEEN_WORDS_MS;
    }
    this.#drawnMs += between(random, PAUSE_MS.least, PAUSE_MS.most);
  }
}
