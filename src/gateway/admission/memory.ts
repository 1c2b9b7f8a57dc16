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

  /** @param bytes that are held from now on; below 0 those that are not any more. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** For one session. */
  account(): MemoryAccount {
    return new MemoryAccount(this);
  }
}

export class MemoryAccount {
  readonly #memory: Memory;
  #bytes = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** @param bytes that are held from now on; below 0 those that are not any more. */
  add(bytes: number): void {
    this.#bytes += bytes;
    this.#memory.add(bytes);
  }

  isFull(): boolean {
    return this.#memory.isFull;
  }

  /** The session is gone, and all that it held. */
  settle(): void {
    this.add(-this.#bytes);
  }
}
