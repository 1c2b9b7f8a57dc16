/** One answer, spoken in pieces faster than it sounds, as the service does, until it is done or interrupted. */
import type { Clock } from '../../ports/clock.ts';
import { speak } from '../persona/voice.ts';
import type { JsonObject } from '../../providers/wire/json.ts';

const RATE_HZ = 24_000;
const PIECE_MS = 200;
const PIECE_BYTES = (RATE_HZ * PIECE_MS * 2) / 1_000;

export interface SpeakingOptions {
  readonly text: string;
  readonly asText: boolean;
  readonly isWritten: boolean;
  /** Words and sound in one frame. */
  readonly merges: boolean;
  /** How many times faster than it sounds. */
  readonly ratio: number;
  readonly clock: Clock;
  readonly send: (content: JsonObject) => void;
  readonly onDone: () => void;
}

export class Speaking {
  readonly #options: SpeakingOptions;
  readonly #pcm: Uint8Array;
  readonly #words: readonly string[];
  readonly #pieces: number;
  #at = 0;
  #timer: unknown;

  constructor(options: SpeakingOptions) {
    this.#options = options;
    this.#pcm = options.asText ? new Uint8Array() : speak(options.text, RATE_HZ);
    this.#words = options.text.match(/\s*\S+/g) ?? [];
    this.#pieces = options.asText
      ? this.#words.length
      : Math.max(1, Math.ceil(this.#pcm.length / PIECE_BYTES));
    this.#next();
  }

  /** What was said so far. */
  get saidText(): string {
    return this.#words.slice(0, this.#wordsAt(this.#at)).join('');
  }

  stop(): void {
    this.#options.clock.clearTimeout(this.#timer);
  }

  #next(): void {
    const { clock, ratio } = this.#options;
    this.#timer = clock.setTimeout(() => {
      this.#sendPiece();
      this.#at += 1;
      if (this.#at < this.#pieces) this.#next();
      else this.#options.onDone();
    }, PIECE_MS / ratio);
  }

  #sendPiece(): void {
    const { asText, isWritten, merges, send } = this.#options;
    const words = this.#words.slice(this.#wordsAt(this.#at), this.#wordsAt(this.#at + 1)).join('');
    if (asText) {
      send({ modelTurn: { parts: [{ text: words }] } });
      return;
    }
    const transcription = isWritten && words !== '' ? { outputTranscription: { text: words } } : {};
    const bytes = this.#pcm.subarray(this.#at * PIECE_BYTES, (this.#at + 1) * PIECE_BYTES);
    const data = Buffer.from(bytes).toString('base64');
    const sound = {
      modelTurn: { parts: [{ inlineData: { mimeType: `audio/pcm;rate=${RATE_HZ}`, data } }] },
    };
    if (merges) send({ ...sound, ...transcription });
    else {
      if (words !== '' && isWritten) send(transcription);
      send(sound);
    }
  }

  #wordsAt(piece: number): number {
    return Math.ceil((piece * this.#words.length) / this.#pieces);
  }
}
