/**
 * A spool in a store of texts by their keys, such as AsyncStorage or MMKV of React Native. The head names the blocks that count: it
 * is set behind them, so a commit is whole or was none.
 */
import { fromBase64, toBase64 } from './base64.ts';
import { inUse } from './spool-errors.ts';
import type { SpoolBlock, SpoolChange, SpoolStorage, StoredSpool } from '../ports/spool.ts';

export interface KeyValueStore {
  getItem(key: string): string | null | undefined | Promise<string | null | undefined>;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}

/** What stands before the head's bytes: `1 FIRST LAST `. */
const HEAD = /^1 (\d+) (\d+) /;
/** One commit lets go of no more than these: what is left goes with the next ones, and audio never waits long for it. */
const SWEPT_BLOCKS = 16;
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
    if (start === undefined) return { head: null, blocks: [] };
    this.#first = Number(first);
    this.#last = Number(last);
    if (isFresh || text === start) {
      await this.clear();
      return { head: null, blocks: [] };
    }
    const blocks: SpoolBlock[] = [];
    for (let number = this.#first; number <= this.#last; number += 1) {
      const block = await this.#store.getItem(this.#keyOf(number));
      if (typeof block === 'string') blocks.push({ number, bytes: fromBase64(block) });
    }
    await this.#sweep();
    return { head: fromBase64(text.slice(start.length)), blocks };
  }

  async commit({ head, block, dropThrough }: SpoolChange): Promise<void> {
    if (block !== null) await this.#store.setItem(this.#keyOf(block.number), toBase64(block.bytes));
    const last = Math.max(this.#last, block?.number ?? 0);
    const first = Math.max(this.#first, Math.min(dropThrough + 1, this.#first + SWEPT_BLOCKS));
    await this.#store.setItem(this.#headKey, `1 ${first} ${last} ${toBase64(head)}`);
    this.#last = last;
    for (; this.#first < first; this.#first += 1) {
      await this.#store.removeItem(this.#keyOf(this.#first));
    }
  }

  /** A head of nothing still names what is there: a process that ends in between leaves the rest to the next one. */
  async clear(): Promise<void> {
    await this.#mark();
    for (let number = this.#first; number <= this.#last + 1; number += 1) {
      await this.#store.removeItem(this.#keyOf(number));
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
      await this.#store.setItem(this.#headKey, `1 ${this.#first} ${this.#last} `);
    } catch {
      await this.#store.removeItem(this.#headKey); // there is no room for that either
    }
  }

  /** A process that ended between two of its texts leaves one that counts no more, or does not yet. */
  async #sweep(): Promise<void> {
    await this.#store.removeItem(this.#keyOf(this.#last + 1));
    const from = Math.max(1, this.#first - SWEPT_BLOCKS);
    for (let number = from; number < this.#first; number += 1) {
      await this.#store.removeItem(this.#keyOf(number));
    }
  }

  get #headKey(): string {
    return `tenuto.spool.${this.#name}.head`;
  }

  #keyOf(number: number): string {
    return `tenuto.spool.${this.#name}.${number}`;
  }
}
