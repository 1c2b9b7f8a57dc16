/**
 * Chunks that left the ring before they were settled, oldest first.
 *
 * Those that the live connection was sent may still be covered by a result; those that were not are lost.
 */
export interface EvictedChunk {
  readonly through: number;
  readonly wasSent: boolean;
}

interface Node extends EvictedChunk {
  next: Node | undefined;
}

/** Beyond this many the oldest are counted lost: a service that silent for so long will not cover them. */
const CAPACITY_CHUNKS = 20_000;

export class EvictedQueue {
  #head: Node | undefined;
  #tail: Node | undefined;
  #chunks = 0;

  get chunks(): number {
    return this.#chunks;
  }

  get head(): EvictedChunk | undefined {
    return this.#head;
  }

  /** Whether no result can cover `head` any more. */
  isLost(head: EvictedChunk): boolean {
    return !head.wasSent || this.#chunks > CAPACITY_CHUNKS;
  }

  push({ through, wasSent }: EvictedChunk): void {
    const node: Node = { through, wasSent, next: undefined };
    if (this.#tail === undefined) this.#head = node;
    else this.#tail.next = node;
    this.#tail = node;
    this.#chunks += 1;
  }

  shift(): EvictedChunk | undefined {
    const head = this.#head;
    if (head === undefined) return undefined;
    this.#head = head.next;
    if (this.#head === undefined) this.#tail = undefined;
    this.#chunks -= 1;
    return head;
  }
}
