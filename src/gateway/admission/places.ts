/** Who has how many of a thing that there is not enough of, such as sessions or unknown sockets. Counts nobody who has none. */

export type Denied = 'own' | 'all';

export class Places {
  readonly #perKey: number;
  readonly #inAll: number;
  readonly #taken = new Map<string, number>();
  #sum = 0;

  constructor(perKey: number, inAll: number) {
    this.#perKey = perKey;
    this.#inAll = inAll;
  }

  get taken(): number {
    return this.#sum;
  }

  /** Null where there is a place. */
  denial(key: string): Denied | null {
    if ((this.#taken.get(key) ?? 0) >= this.#perKey) return 'own';
    return this.#sum >= this.#inAll ? 'all' : null;
  }

  /** Takes one whether or not it is denied: who asks has looked, or must have it. Gives it back once, however often called. */
  take(key: string): () => void {
    this.#sum += 1;
    this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#sum -= 1;
      const left = (this.#taken.get(key) ?? 1) - 1;
      if (left === 0) this.#taken.delete(key);
      else this.#taken.set(key, left);
    };
  }
}
