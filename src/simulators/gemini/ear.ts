/** What a stand-in hears: when somebody speaks, what is said, and when a turn is over. */
import type { Recogniser, RecogniserResult, RecogniserStream } from '../recogniser/recogniser.ts';

export interface EarHandlers {
  /** Somebody began to speak. */
  onSpeech(): void;
  /** More of what is being said. */
  onPiece(text: string): void;
  /** The speaker paused, or was said to be done. */
  onTurn(text: string): void;
  /** It cannot hear any more. */
  onDeaf(): void;
}

export interface Ear {
  /** PCM s16le. */
  write(bytes: Uint8Array): void;
  /** The turn is over. */
  flush(): void;
  close(): void;
}

export interface EarOptions {
  readonly sampleRateHz: number;
  readonly handlers: EarHandlers;
  /** False where the client says when turns begin and end. */
  readonly findsTurns: boolean;
  readonly silenceDurationMs: number;
  /** Without a recogniser: what the n-th turn says. */
  readonly hears: (turn: number) => string;
}

const FLUSH = 1;

/** Louder than this (of 32,768) is speech, where nobody transcribes. */
const SPEECH_RMS = 300;
const FRAME_MS = 20;

/** So many frames of speech are no click. */
const FRAMES_OF_SPEECH = 4;

export function openEar(options: EarOptions, recogniser: Recogniser | undefined): Ear {
  return recogniser === undefined
    ? new LoudnessEar(options)
    : new ListeningEar(options, recogniser);
}

/** Understands, by a recogniser, whose pauses are the ends of turns. */
class ListeningEar implements Ear {
  readonly #options: EarOptions;
  readonly #stream: RecogniserStream;
  #text = '';
  #isSpeaking = false;

  constructor(options: EarOptions, recogniser: Recogniser) {
    this.#options = options;
    this.#stream = recogniser.open({
      sampleRateHz: options.sampleRateHz,
      onResult: (result) => this.#take(result),
      onError: () => options.handlers.onDeaf(),
    });
  }

  write(bytes: Uint8Array): void {
    this.#stream.write(bytes);
  }

  flush(): void {
    this.#stream.flush(FLUSH);
  }

  close(): void {
    this.#stream.close();
  }

  #take(result: RecogniserResult): void {
    const { handlers, findsTurns } = this.#options;
    if (result.text !== '' && !this.#isSpeaking) {
      this.#isSpeaking = true;
      handlers.onSpeech();
    }
    if (result.kind === 'interim') return;
    if (result.text !== '') {
      this.#text = `${this.#text} ${result.text}`.trim();
      handlers.onPiece(result.text);
    }
    const isOver = result.flushToken === FLUSH || (findsTurns && result.endsUtterance);
    if (!isOver || this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#isSpeaking = false;
    handlers.onTurn(text);
  }
}

/** Understands nothing, but knows when somebody speaks; what is said was agreed before. */
class LoudnessEar implements Ear {
  readonly #options: EarOptions;
  readonly #frame: Uint8Array;
  #filled = 0;
  #turns = 0;
  #loudFrames = 0;
  #quietMs = 0;
  #isSpeaking = false;

  constructor(options: EarOptions) {
    this.#options = options;
    this.#frame = new Uint8Array(Math.round((options.sampleRateHz * FRAME_MS) / 1_000) * 2);
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + this.#frame.length - this.#filled);
      this.#frame.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled < this.#frame.length) return;
      this.#filled = 0;
      this.#hear(loudnessOf(this.#frame) > SPEECH_RMS);
    }
  }

  flush(): void {
    if (this.#isSpeaking) this.#endTurn();
  }

  close(): void {
    this.#isSpeaking = false;
  }

  #hear(isLoud: boolean): void {
    this.#loudFrames = isLoud ? this.#loudFrames + 1 : 0;
    this.#quietMs = isLoud ? 0 : this.#quietMs + FRAME_MS;
    if (!this.#isSpeaking && this.#loudFrames >= FRAMES_OF_SPEECH) {
      this.#isSpeaking = true;
      this.#options.handlers.onSpeech();
    }
    const { findsTurns, silenceDurationMs } = this.#options;
    if (this.#isSpeaking && findsTurns && this.#quietMs >= silenceDurationMs) this.#endTurn();
  }

  #endTurn(): void {
    const { handlers, hears } = this.#options;
    this.#isSpeaking = false;
    this.#turns += 1;
    const text = hears(this.#turns);
    handlers.onPiece(text);
    handlers.onTurn(text);
  }
}

function loudnessOf(bytes: Uint8Array): number {
  const samples = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sum = 0;
  for (let at = 0; at < bytes.byteLength; at += 2) sum += samples.getInt16(at, true) ** 2;
  return Math.sqrt(sum / (bytes.byteLength / 2));
}
