/**
 * A spool in a store of texts by their keys, such as AsyncStorage or MMKV of React Native. The head names the blocks that count: it
 * is set behind them, so a commit is whole or was none. A head with nothing in it names those that are to go.
 */
import { fromBase64, toBase64 } from './base64.ts';
import { corrupt, inUse, quotaExceeded } from './spool-errors.ts';
import type { SpoolBlock, SpoolChange, SpoolStorage, StoredSpool } from '../ports/spool.ts';

export interface KeyValueStore {
  getItem(key: string): string | null | undefined | Promise<string | null | undefined>;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}

/** What stands before the head's bytes: `1 FIRST LAST `. */
const HEAD = /^1 (\d+) (\d+) /;
/** As Web Storage, SQLite (and so AsyncStorage on Android) and file systems say it. */
const FULL = /quota|SQLITE_FULL|disk is full|no space|ENOSPC/i;
/** One commit lets go of no more than these: what is left goes with the next ones, and audio never waits long for it. */
const SWEPT_BLOCKS = 16;
/** Who ends waits for no more than the slowest of so many, and then for the next ones. */
const CLEARED_AT_ONCE = 64;
/** Apps have one process, and one copy of each module: whoever has a place is here. */
const taken = new WeakMap<KeyValueStore, Set<string>>();

export class KeyValueSpoolStorage implements SpoolStorage {
  readonly #store: KeyValueStore;
  readonly #name: string;
  /** The oldest that is there, and the newest that counts. */
  #first = 1;
  #last = 0;
  #isOpen = false;

  constructor(store: KeyValueStore, name: string) {
    this.#store = store;
    this.#name = name;
  }

  async open(isFresh: boolean): Promise<StoredSpool> {
    const names = taken.get(this.#store) ?? new Set();
    if (names.has(this.#name)) throw inUse(this.#name);
    taken.set(this.#store, names.add(this.#name));
    this.#isOpen = true;
    const text = (await this.#store.getItem(this.#headKey)) ?? '';
    const [start, first, last] = HEAD.exec(text) ?? [];
    if (start === undefined) {
      await this.#forget(1); // of a first commit that was none
      return { head: null, blocks: [] };
    }
    this.#first = Number(first);
    this.#last = Number(last);
    const head = fromBase64(text.slice(start.length));
    if (isFresh || head.length === 0) {
      await this.clear();
      return { head: null, blocks: [] };
    }
    const blocks: SpoolBlock[] = [];
    for (let number = this.#first; number <= this.#last; number += 1) {
      const block = await this.#store.getItem(this.#keyOf(number));
      if (typeof block !== 'string') throw corrupt(this.#name, `block ${number} is missing`);
      blocks.push({ number, bytes: fromBase64(block) });
    }
    await this.#sweep();
    return { head, blocks };
  }

  async commit({ head, block, dropThrough }: SpoolChange): Promise<void> {
    if (!this.#isOpen) throw new Error('it is closed');
    const last = Math.max(this.#last, block?.number ?? 0);
    const first = Math.max(this.#first, Math.min(dropThrough + 1, this.#first + SWEPT_BLOCKS));
    try {
      if (block !== null) {
        await this.#store.setItem(this.#keyOf(block.number), toBase64(block.bytes));
      }
      await this.#store.setItem(this.#headKey, headOf(first, last, head));
    } catch (error) {
      if (!isFull(error)) throw error; // it may have been stored all the same
      if (last > this.#last) await this.#forget(last); // it takes the room of what is tried next
      throw quotaExceeded(error);
    }
    this.#last = last;
    await this.#forgetAll(this.#first, first);
    this.#first = first;
  }

  /** A head of nothing still names what is there: a process that ends in between leaves the rest to the next one. */
  async clear(): Promise<void> {
    if (this.#last > 0) await this.#mark();
    while (this.#first <= this.#last + 1) {
      const end = Math.min(this.#first + CLEARED_AT_ONCE, this.#last + 2);
      await this.#removeAll(this.#first, end);
      this.#first = end;
    }
    await this.#store.removeItem(this.#headKey);
    this.#first = 1; // what comes is numbered anew
    this.#last = 0;
  }

  close(): Promise<void> {
    if (this.#isOpen) taken.get(this.#store)?.delete(this.#name);
    this.#isOpen = false;
    return Promise.resolve();
  }

  async #mark(): Promise<void> {
    try {
      await this.#store.setItem(this.#headKey, headOf(this.#first, this.#last));
    } catch {
      await this.#store.removeItem(this.#headKey); // there is no room for that either
    }
  }

  /** A process that ended between two of its texts leaves one that counts no more, or does not yet. */
  async #sweep(): Promise<void> {
    await this.#forget(this.#last + 1);
    await this.#forgetAll(Math.max(1, this.#first - SWEPT_BLOCKS), this.#first);
  }

  async #forgetAll(from: number, end: number): Promise<void> {
    await Promise.all(numbers(from, end).map((number) => this.#forget(number)));
  }

  /** None is under way any more when it rejects. */
  async #removeAll(from: number, end: number): Promise<void> {
    const removals = numbers(from, end).map(async (number) => {
      await this.#store.removeItem(this.#keyOf(number));
    });
    await Promise.allSettled(removals);
    await Promise.all(removals);
  }

  /** It counts for nothing: where it cannot be removed now, it is another time. */
  async #forget(number: number): Promise<void> {
    try {
      await this.#store.removeItem(this.#keyOf(number));
    } catch {
      // whoever opens it next sweeps
    }
  }

  get #headKey(): string {
    return `tenuto.spool.${this.#name}.head`;
  }

  #keyOf(number: number): string {
    return `tenuto.spool.${this.#name}.${number}`;
  }
}

function numbers(from: number, end: number): readonly number[] {
  return Array.from({ length: Math.max(0, end - from) }, (_, at) => from + at);
}

function headOf(first: number, last: number, head: Uint8Array = new Uint8Array(0)): string {
  return `1 ${first} ${last} ${toBase64(head)}`;
}

function isFull(error: unknown): boolean {
  const { name, message } = error as { readonly name?: unknown; readonly message?: unknown };
  return FULL.test(`${String(name)} ${String(message)}`);
}
