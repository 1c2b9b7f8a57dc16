/**
 * Chunks that left the ring before they were settled, oldest first.
 *
 * Those that the live connection was sent may still be covered by a result; those that were not are lost.
 */
export interface EvictedChunk {
  readonly through: number;
  readonly wasSent: boolean;
}

/** Beyond this many the oldest are counted lost: a service that silent for so long will not cover them. */
const CAPACITY_CHUNKS = 20_000;

/** Shared by all queues that hold nothing, which is nearly all of them. */
const NONE: EvictedChunk[] = [];

export class EvictedQueue {
  #items: EvictedChunk[] = NONE;
  #first = 0;

  get chunks(): number {
    return this.#items.length - this.#first;
  }

  get head(): EvictedChunk | undefined {
    const item = this.#items[this.#first];
    return item !== undefined && this.chunks > CAPACITY_CHUNKS ? { ...item, wasSent: false } : item;
  }

  push(item: EvictedChunk): void {
    if (this.#items === NONE) this.#items = [];
    this.#items.push(item);
  }

  shift(): EvictedChunk | undefined {
    const item = this.#items[this.#first];
    if (item === undefined) return undefined;
    this.#first += 1;
    if (this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }

    return item;
  }
}
