/** Which sequence number stands for which audio: given at the first send, and the same at every later one. */

export interface Numbered {
  readonly seq: number;
  /** It was sent before, on this socket or another. */
  readonly isResent: boolean;
}

export interface LostRange {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly position: number;
  readonly samples: number;
}

export interface SavedNumbers {
  readonly start: number;
  readonly firstSeq: number;
  readonly runs: readonly (readonly [count: number, samples: number])[];
}

/** What a ring holds at the most, in chunks of 20 ms, with room to spare. */
export const MAX_REMEMBERED = 16_384;

export class Numbers {
  #ends: number[] = []; // in samples; the first belongs to `#firstSeq`
  #firstSeq = 1;
  #start: number;
  /** From here on it was learnt only where the last of them ended. */
  #unsureFrom = Infinity;

  /** @param start the sample at which number 1 begins. */
  constructor(start: number) {
    this.#start = start;
  }

  /** The newest number given; 0 for none. */
  get last(): number {
    return this.#firstSeq + this.#ends.length - 1;
  }

  /** The sample at which the audio of `seq` ends; of a number before those that are remembered, where these begin. */
  endOf(seq: number): number {
    return this.#ends[Math.min(seq, this.last) - this.#firstSeq] ?? this.#start;
  }

  /** The other end has more than is known here: what it has through `seq` ends at `sample`. */
  learn(seq: number, sample: number): void {
    if (seq > this.last) this.#unsureFrom = this.last + 1;
    if (seq - this.last > MAX_REMEMBERED) this.#skipTo(seq - MAX_REMEMBERED, sample);
    while (this.last < seq) this.#ends.push(sample);
    // A store may have lost some of it since.
    for (
      let at = Math.max(0, this.#unsureFrom - this.#firstSeq);
      at <= seq - this.#firstSeq;
      at += 1
    ) {
      this.#ends[at] = Math.min(this.#ends[at] ?? sample, sample);
    }
  }

  /** In runs of chunks that are equally long. */
  save(): SavedNumbers {
    const runs: [count: number, samples: number][] = [];
    let before = this.#start;
    for (const end of this.#ends) {
      const run = runs.at(-1);
      if (run?.[1] === end - before) run[0] += 1;
      else runs.push([1, end - before]);
      before = end;
    }
    return { start: this.#start, firstSeq: this.#firstSeq, runs };
  }

  /** Those of audio that is known, through `sample`: another life gave the others, and what stood for them is not known. */
  static of({ start, firstSeq, runs }: SavedNumbers, sample: number): Numbers {
    const numbers = new Numbers(start);
    numbers.#firstSeq = firstSeq;
    let end = start;
    for (const [count, samples] of runs) {
      for (let left = count; left > 0 && end + samples <= sample; left -= 1) {
        numbers.#ends.push((end += samples));
      }
    }
    return numbers;
  }

  /** Audio that follows what was numbered last, or was numbered before. */
  place(sample: number, samples: number): Numbered {
    if (sample >= this.endOf(this.last)) {
      this.#ends.push(sample + samples);
      if (this.#ends.length > MAX_REMEMBERED) this.#forget();
      return { seq: this.last, isResent: false };
    }
    return { seq: this.#seqEndingBeyond(sample), isResent: true };
  }

  /** After `sent` the audio goes on at `sample`: what lies between will never come. Null where nothing does. */
  lose(sent: number, sample: number): LostRange | null {
    const position = this.endOf(sent);
    if (sample <= position) return null;
    const fromSeq = sent + 1;
    if (sample >= this.endOf(this.last)) {
      if (this.last < fromSeq) this.#ends.push(sample);
      else this.#ends[this.#ends.length - 1] = sample;
      return { fromSeq, toSeq: this.last, position, samples: sample - position };
    }
    const toSeq = this.#seqEndingBeyond(sample) - 1;
    return { fromSeq, toSeq, position, samples: sample - position };
  }

  #seqEndingBeyond(sample: number): number {
    let low = 0;
    let high = this.#ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ends[middle] ?? 0) > sample) high = middle;
      else low = middle + 1;
    }
    return this.#firstSeq + low;
  }

  /** Of so many that nobody here gave only the newest are worth their memory. */
  #skipTo(seq: number, sample: number): void {
    this.#ends = [];
    this.#start = sample;
    this.#firstSeq = seq + 1;
  }

  #forget(): void {
    const gone = this.#ends.length >>> 1;
    this.#start = this.#ends[gone - 1] ?? this.#start;
    this.#ends = this.#ends.slice(gone);
    this.#firstSeq += gone;
  }
}
