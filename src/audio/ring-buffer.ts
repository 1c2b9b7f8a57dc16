/**
 * The only copy of captured audio that waits for its acknowledgement.
 *
 * Chunks are numbered from 1 without holes. They leave from the front only: acknowledged, or evicted when there is no
 * room. An empty ring holds no slab, and its index grows on demand.
 */
import { sharedSlabs } from './slab-pool.ts';
import type { SlabPool } from './slab-pool.ts';

/** Whoever has to know of evictions: an object and no closure, since an idle session should weigh little. */
export interface RingKeeper {
  /** A chunk is about to be evicted; its bytes can still be read. */
  onEvict(seq: number): void;
}

export interface RingOptions {
  /** Most bytes held. Default 4 MiB. */
  readonly capacityBytes?: number | undefined;
  /** Most audio held, in bytes of it. Default: no limit but `capacityBytes`. */
  readonly retentionBytes?: number;
  /** Fewer chunks than this are never evicted, however long they are. At least 1; default 100. */
  readonly minChunks?: number;
  readonly pool?: SlabPool;
  /** Default: nobody is told. */
  readonly keeper?: RingKeeper;
}

const FIRST_INDEX_SLOTS = 16;
const EMPTY = new Uint8Array(0);
const NO_SLABS: (Uint8Array | undefined)[] = [];
const NO_NUMBERS = new Uint32Array(0);
const NO_POSITIONS = new Float64Array(0);

export class RingBuffer {
  readonly #capacityBytes: number;
  readonly #minChunks: number;
  readonly #pool: SlabPool;
  readonly #keeper: RingKeeper | null;

  #slots = 0; // none, then a power of two, so that a mask finds the slot of a sequence number
  #slabs = NO_SLABS; // of an index without slots, which nobody writes to
  #offsets = NO_NUMBERS;
  #lengths = NO_NUMBERS;
  #positions = NO_POSITIONS;
  #capturedAtMs = NO_POSITIONS;

  #firstSeq = 1;
  #nextSeq = 1;
  #bytes = 0;
  #endPosition = 0;
  #slab: Uint8Array | undefined;
  #slabUsed = 0;

  constructor(options: RingOptions = {}) {
    const capacityBytes = options.capacityBytes ?? 4 * 1_024 * 1_024;
    this.#capacityBytes = Math.min(capacityBytes, options.retentionBytes ?? capacityBytes);
    this.#minChunks = Math.max(1, options.minChunks ?? 100);
    this.#pool = options.pool ?? sharedSlabs;
    this.#keeper = options.keeper ?? null;
  }

  /** Number of the oldest chunk held; equals `nextSeq` when empty. */
  get firstSeq(): number {
    return this.#firstSeq;
  }

  /** Number that the next chunk will get. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  get chunks(): number {
    return this.#nextSeq - this.#firstSeq;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Where the stream ends: all bytes ever appended. */
  get endPosition(): number {
    return this.#endPosition;
  }

  /** Where the oldest byte held stands in the stream. */
  get startPosition(): number {
    return this.#endPosition - this.#bytes;
  }

  /** Copies `chunk` in, evicting the oldest chunks where there is no room, and returns its number. */
  append(chunk: Uint8Array, capturedAtMs = 0): number {
    const length = chunk.length;
    while (this.#bytes + length > this.#capacityBytes && this.chunks >= this.#minChunks) {
      this.#keeper?.onEvict(this.#firstSeq);
      this.#releaseFirst();
    }
    if (this.chunks === this.#slots) this.#growIndex();
    if (this.#slab === undefined || this.#slabUsed + length > this.#slab.length) {
      this.#slab = this.#pool.take(length);
      this.#slabUsed = 0;
    }

    const seq = this.#nextSeq;
    const slot = seq & (this.#slots - 1);
    this.#slab.set(chunk, this.#slabUsed);
    this.#slabs[slot] = this.#slab;
    this.#offsets[slot] = this.#slabUsed;
    this.#lengths[slot] = length;
    this.#positions[slot] = this.#endPosition;
    this.#capturedAtMs[slot] = capturedAtMs;
    this.#slabUsed += length;
    this.#bytes += length;
    this.#endPosition += length;
    this.#nextSeq = seq + 1;

    return seq;
  }

  /** Lets go of every chunk up to and including `throughSeq`; returns how many that were. */
  acknowledge(throughSeq: number): number {
    const before = this.#firstSeq;
    const last = Math.min(throughSeq, this.#nextSeq - 1);
    while (this.#firstSeq <= last) this.#releaseFirst();

    return this.#firstSeq - before;
  }

  /** A chunk's bytes but for the first `skipBytes`, valid until it leaves the ring. */
  view(seq: number, skipBytes = 0): Uint8Array {
    const slot = this.#slotOf(seq);
    const offset = this.#offsets[slot] ?? 0;
    const slab = this.#slabs[slot] ?? EMPTY;

    return slab.subarray(offset + skipBytes, offset + (this.#lengths[slot] ?? 0));
  }

  lengthOf(seq: number): number {
    return this.#lengths[this.#slotOf(seq)] ?? 0;
  }

  /** Where a chunk's first byte stands in the stream. */
  positionOf(seq: number): number {
    return this.#positions[this.#slotOf(seq)] ?? 0;
  }

  /** When a chunk was appended, as its caller said. */
  capturedAtMsOf(seq: number): number {
    return this.#capturedAtMs[this.#slotOf(seq)] ?? 0;
  }

  /** The oldest chunk held that reaches beyond `position`; `nextSeq` where there is none. */
  seqBeyond(position: number): number {
    let low = this.#firstSeq;
    let high = this.#nextSeq;
    while (low < high) {
      const middle = low + ((high - low) >>> 1); // not (low + high) >>> 1, which has only 32 bits
      if (this.positionOf(middle) + this.lengthOf(middle) > position) high = middle;
      else low = middle + 1;
    }

    return low;
  }

  /** The stream goes on so much later: whatever is held moves along. */
  skip(bytes: number): void {
    this.#endPosition += bytes;
    for (let seq = this.#firstSeq; seq < this.#nextSeq; seq += 1) {
      const slot = this.#slotOf(seq);
      this.#positions[slot] = this.positionOf(seq) + bytes;
    }
  }

  /** Gives every slab back. */
  clear(): void {
    this.acknowledge(Infinity);
  }

  #slotOf(seq: number): number {
    if (seq < this.#firstSeq || seq >= this.#nextSeq) {
      throw new RangeError(
        `chunk ${seq} is not held: ${this.#firstSeq} to ${this.#nextSeq - 1} are`,
      );
    }
    return seq & (this.#slots - 1);
  }

  #releaseFirst(): void {
    const mask = this.#slots - 1;
    const slot = this.#firstSeq & mask;
    const slab = this.#slabs[slot] ?? EMPTY;
    this.#slabs[slot] = undefined;
    this.#bytes -= this.#lengths[slot] ?? 0;
    this.#firstSeq += 1;

    const isEmpty = this.#firstSeq === this.#nextSeq;
    const isLastOfSlab = isEmpty || this.#slabs[this.#firstSeq & mask] !== slab;
    if (isLastOfSlab) this.#pool.give(slab);
    if (isEmpty) this.#slab = undefined;
  }

  #growIndex(): void {
    const slots = Math.max(FIRST_INDEX_SLOTS, this.#slots * 2);
    const slabs: (Uint8Array | undefined)[] = new Array<Uint8Array | undefined>(slots);
    const offsets = new Uint32Array(slots);
    const lengths = new Uint32Array(slots);
    const positions = new Float64Array(slots);
    const capturedAtMs = new Float64Array(slots);
    for (let seq = this.#firstSeq; seq < this.#nextSeq; seq += 1) {
      const from = seq & (this.#slots - 1);
      const to = seq & (slots - 1);
      slabs[to] = this.#slabs[from];
      offsets[to] = this.#offsets[from] ?? 0;
      lengths[to] = this.#lengths[from] ?? 0;
      positions[to] = this.#positions[from] ?? 0;
      capturedAtMs[to] = this.#capturedAtMs[from] ?? 0;
    }
    this.#slots = slots;
    this.#slabs = slabs;
    this.#offsets = offsets;
    this.#lengths = lengths;
    this.#positions = positions;
    this.#capturedAtMs = capturedAtMs;
  }
}
