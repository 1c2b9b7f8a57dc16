/**
 * Fixed blocks of memory that rings borrow and give back.
 *
 * Retaining a caller's Buffers would pin whatever they are slices of and make the garbage collector walk thousands of
 * objects; bytes copied into a few slabs cost neither.
 */
export const SLAB_BYTES = 16 * 1_024;

export class SlabPool {
  readonly #free: Uint8Array[] = [];
  readonly #capacitySlabs: number;
  readonly #slabBytes: number;
  #lent = 0;

  /**
   * @param capacitySlabs how many unused slabs are kept, or as many as are lent: who lets go of ten seconds will soon have ten
   * more. What comes back beyond that is left to the collector.
   */
  constructor(capacitySlabs = 64, slabBytes = SLAB_BYTES) {
    this.#capacitySlabs = capacitySlabs;
    this.#slabBytes = slabBytes;
  }

  /** A block of at least `sizeBytes`, with old content: write before you read. */
  take(sizeBytes: number): Uint8Array {
    if (sizeBytes > this.#slabBytes) return new Uint8Array(sizeBytes);
    this.#lent += 1;
    return this.#free.pop() ?? new Uint8Array(this.#slabBytes);
  }

  give(slab: Uint8Array): void {
    if (slab.length !== this.#slabBytes) return;
    this.#lent -= 1;
    if (this.#free.length < Math.max(this.#capacitySlabs, this.#lent)) this.#free.push(slab);
  }

  get freeSlabs(): number {
    return this.#free.length;
  }
}

/** One pool for the whole process, so that an idle ring holds nothing. */
export const sharedSlabs = new SlabPool();
