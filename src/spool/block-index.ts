/** Which blocks are stored, and where what each holds ends. */
import type { BlockEnd } from './recovery.ts';

/** What was stored before. */
interface Stored {
  readonly head: { readonly lastBlock: number; readonly droppedBlock: number };
  readonly blocks: readonly BlockEnd[];
}

export class BlockIndex {
  #blocks: BlockEnd[];
  #last: number;
  #dropped: number;

  constructor(recovered: Stored | null) {
    this.#blocks = recovered?.blocks.map((block) => ({ ...block })) ?? [];
    this.#last = recovered?.head.lastBlock ?? 0;
    this.#dropped = recovered?.head.droppedBlock ?? 0;
  }

  /** The newest number that was given; 0 for none. */
  get last(): number {
    return this.#last;
  }

  /** In the place of the one of that number, if there is one. */
  add(number: number, end: number): void {
    this.#blocks = [...this.#blocks.filter((block) => block.number !== number), { number, end }];
    this.#last = Math.max(this.#last, number);
  }

  /** The newest of those at the front that end at `position` at the latest. */
  endingBy(position: number): number {
    let through = this.#dropped;
    for (const { number, end } of this.#blocks) {
      if (end > position) break;
      through = number;
    }
    return through;
  }

  drop(through: number): void {
    this.#dropped = Math.max(this.#dropped, through);
    this.#blocks = this.#blocks.filter(({ number }) => number > through);
  }

  /** What stands at `at` or beyond stands so much later. @returns whether there is any. */
  shift(at: number, by: number): boolean {
    const later = this.#blocks.filter(({ end }) => end > at);
    for (const block of later) block.end += by;
    return later.length > 0;
  }
}
