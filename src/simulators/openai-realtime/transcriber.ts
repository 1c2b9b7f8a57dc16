/** What was said in a turn: by a recogniser where there is one, or else as somebody says that it was. */
import type { Recogniser } from '../recogniser/recogniser.ts';
import type { HeardTurn } from './listening.ts';
import { SAMPLE_RATE_HZ } from './listening.ts';

/** The text of a turn, the first of a session being 0. */
export type Hint = (turnIndex: number, turn: HeardTurn) => string;

export class Transcriber {
  readonly #recogniser: Recogniser | null;
  readonly #hint: Hint;
  readonly #closings = new Set<() => void>();
  #turns = 0;

  constructor(recogniser: Recogniser | null, hint: Hint) {
    this.#recogniser = recogniser;
    this.#hint = hint;
  }

  /** Rejects where the recogniser fails. Never settles once it is closed. */
  transcribe(turn: HeardTurn): Promise<string> {
    const index = this.#turns;
    this.#turns += 1;
    const recogniser = this.#recogniser;
    if (recogniser === null) return Promise.resolve(this.#hint(index, turn));

    return new Promise((resolve, reject) => {
      const texts: string[] = [];
      const stream = recogniser.open({
        sampleRateHz: SAMPLE_RATE_HZ,
        onResult: ({ kind, text, flushToken }) => {
          if (kind === 'final' && text !== '') texts.push(text);
          if (flushToken === undefined) return;
          close();
          resolve(texts.join(' '));
        },
        onError: (error) => {
          this.#closings.delete(close);
          reject(error);
        },
      });
      const close = (): void => {
        this.#closings.delete(close);
        stream.close();
      };
      this.#closings.add(close);
      stream.write(turn.pcm);
      stream.flush(1);
    });
  }

  close(): void {
    for (const close of [...this.#closings]) close();
  }
}
