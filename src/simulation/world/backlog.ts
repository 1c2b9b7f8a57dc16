/** What a gateway has written and its client has not read: it goes on in its order, as fast as that reads. */
interface Written {
  readonly bytes: number;
  readonly deliver: () => void;
}

export class Backlog {
  readonly #written: Written[] = [];
  #bytes = 0;
  /** So much more may be read at once. */
  #allowance = 0;
  /** Whoever reads takes what is there. */
  isSlow = false;

  get bytes(): number {
    return this.#bytes;
  }

  put(bytes: number, deliver: () => void): void {
    if (!this.isSlow && this.#written.length === 0) {
      deliver();
      return;
    }
    this.#written.push({ bytes, deliver });
    this.#bytes += bytes;
  }

  /** As much more is read. */
  read(bytes: number): void {
    this.#allowance += bytes;
    for (let [next] = this.#written; next; [next] = this.#written) {
      if (next.bytes > this.#allowance) return;
      this.#allowance -= next.bytes;
      this.#bytes -= next.bytes;
      this.#written.shift();
      next.deliver();
    }
    this.#allowance = 0;
  }

  /** Nobody reads it any more. */
  clear(): void {
    this.#written.length = 0;
    this.#bytes = 0;
  }
}
