/**
 * What all sessions of a gateway hold in its memory: frames that are not in the log yet, and those that clients have not
 * acknowledged. Where it is too much nobody is granted more, and nobody is let in (PROTOCOL.md, P18.2).
 */
export class Memory {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isFull(): boolean {
    return this.#bytes >= this.#maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** For one session. */
  account(): MemoryAccount {
    let own = 0;
    const add = (bytes: number): void => {
      own += bytes;
      this.#bytes += bytes;
    };
    const isFull = (): boolean => this.isFull;
    return { add, isFull, settle: () => add(-own) };
  }
}

export interface MemoryAccount {
  /** @param bytes that are held from now on; below 0 those that are not any more. */
  add(bytes: number): void;
  isFull(): boolean;
  /** The session is gone, and all that it held. */
  settle(): void;
}
