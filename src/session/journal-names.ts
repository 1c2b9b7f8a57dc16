/** Names that a journal has to know again: a service's items, for as long as its socket, and calls of tools, for good. */
import { dropOldest } from '../ports/capacity.ts';

/** As many of either as items are kept, twice over: what was forgotten among the items is not taken for new. */
const NAMES_PER_ITEM = 2;

export class ServiceNames {
  readonly #capacity: number;
  readonly #isKept: (id: string) => boolean;
  readonly #idsByRef = new Map<string, string>();
  readonly #refsById = new Map<string, string>();

  /** @param isKept whether the item is in the journal still: such names go last. */
  constructor(items: number, isKept: (id: string) => boolean) {
    this.#capacity = items * NAMES_PER_ITEM;
    this.#isKept = isKept;
  }

  idOf(ref: string): string | null {
    return this.#idsByRef.get(ref) ?? null;
  }

  refOf(id: string): string | null {
    return this.#refsById.get(id) ?? null;
  }

  keep(ref: string, id: string): void {
    if (this.#idsByRef.has(ref)) return;
    this.#idsByRef.set(ref, id);
    this.#refsById.set(id, ref);
    if (this.#idsByRef.size > this.#capacity) this.#dropOldest();
  }

  #dropOldest(): void {
    for (const [ref, id] of this.#idsByRef) {
      if (this.#isKept(id)) continue;
      this.#idsByRef.delete(ref);
      this.#refsById.delete(id);
      return;
    }
  }

  /** They were good for one socket. */
  forgetAll(): void {
    this.#idsByRef.clear();
    this.#refsById.clear();
  }
}

export class ToldCalls {
  readonly #capacity: number;
  readonly #ids = new Set<string>();

  constructor(items: number) {
    this.#capacity = items * NAMES_PER_ITEM;
  }

  /** Once for each. */
  isNew(callId: string): boolean {
    if (this.#ids.has(callId)) return false;
    this.#ids.add(callId);
    dropOldest(this.#ids, this.#capacity);
    return true;
  }
}
