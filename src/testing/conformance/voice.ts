/** A voice's side of a run: the texts that it was sent, and what each sounds like. */
import type { SpokenText } from './provider-server.ts';
import { seededRandom } from '../../ports/random.ts';

/** 40 ms at 16 kHz; at any rate enough to be cut in two. */
const SAMPLES_PER_TEXT = 640;

interface Utterance extends SpokenText {
  saidBytes: number;
}

export class Voice {
  /** Every text that came in. */
  readonly texts: string[] = [];
  /** Those that were spoken to their end. */
  readonly spoken: SpokenText[] = [];
  readonly #nextSeed: () => number;
  #waiting: Utterance[] = [];

  /** @param nextSeed numbers the texts, so that no two sound alike. */
  constructor(nextSeed: () => number) {
    this.#nextSeed = nextSeed;
  }

  get isWaited(): boolean {
    return this.#waiting.length > 0;
  }

  take(text: string): void {
    const chance = seededRandom(this.#nextSeed());
    const samples = Int16Array.from({ length: SAMPLES_PER_TEXT }, () =>
      Math.floor((chance.unit() - 0.5) * 60_000),
    );
    this.texts.push(text);
    this.#waiting.push({ text, pcm: new Uint8Array(samples.buffer), saidBytes: 0 });
  }

  /** Half of what the first text that waits sounds like; null where none waits, or it was begun. */
  begin(): Uint8Array | null {
    const [first] = this.#waiting;
    if (first === undefined || first.saidBytes > 0) return null;
    first.saidBytes = first.pcm.length / 2;
    return first.pcm.subarray(0, first.saidBytes);
  }

  /** What is left of the first text that waits: with that it is spoken. */
  finish(): (SpokenText & { readonly rest: Uint8Array }) | null {
    const first = this.#waiting.shift();
    if (first === undefined) return null;
    const { text, pcm, saidBytes } = first;
    this.spoken.push({ text, pcm });
    return { text, pcm, rest: pcm.subarray(saidBytes) };
  }

  /** The first text that waits will not be spoken. */
  skip(): void {
    this.#waiting.shift();
  }

  hush(): void {
    this.#waiting = [];
  }
}
