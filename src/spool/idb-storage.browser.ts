/**
 * A spool in IndexedDB: each commit is one transaction, which the browser has been given when the call returns. So a page that goes can
 * leave a second behind a first. One page at a time has it, by a Web Lock where the browser has these.
 */
import { deleteDB } from 'idb';
import type { IDBPObjectStore } from 'idb';

import { openSpoolDatabase, placeOf, SPOOL_STORES } from './idb-database.browser.ts';
import type { SpoolDatabase, SpoolSchema } from './idb-database.browser.ts';
import { inUse, quotaExceeded } from './spool-errors.ts';
import type { WallClock } from '../ports/clock.ts';
import { SpoolVanished } from '../ports/spool.ts';
import type { SpoolChange, SpoolStorage, StoredSpool } from '../ports/spool.ts';

export interface IdbStorageOptions {
  /** Another page may be about to go: it is waited for this long. */
  readonly waitMs: number;
  readonly durability: 'relaxed' | 'strict';
  readonly wallClock: WallClock;
  readonly onClosed?: () => void;
}

export class IdbSpoolStorage implements SpoolStorage {
  readonly #name: string;
  readonly #options: IdbStorageOptions;
  /** Null between two connections, and where it is closed. */
  #db: SpoolDatabase | null = null;
  #unlock: (() => void) | null = null;
  #isOpen = false;
  /** There is a head. */
  #hasHead = false;

  constructor(name: string, options: IdbStorageOptions) {
    this.#name = name;
    this.#options = options;
  }

  async open(isFresh: boolean): Promise<StoredSpool> {
    this.#unlock = await lock(this.#place, this.#name, this.#options.waitMs);
    this.#isOpen = true;
    const db = await this.#connect();
    if (isFresh) await this.clear();
    const reading = db.transaction(SPOOL_STORES);
    const blocks = reading.objectStore('blocks');
    const [head, numbers, all] = await Promise.all([
      reading.objectStore('head').get('head'),
      blocks.getAllKeys(),
      blocks.getAll(),
    ]);
    this.#hasHead = head !== undefined;
    return {
      head: head instanceof Uint8Array ? head : null,
      blocks: numbers.map((number, at) => ({ number, bytes: all[at] ?? new Uint8Array(0) })),
    };
  }

  async commit({ head, block, dropThrough }: SpoolChange): Promise<void> {
    await this.#write((blocks, heads) => [
      ...(block === null ? [] : [blocks.put(block.bytes, block.number)]),
      blocks.delete(IDBKeyRange.upperBound(dropThrough)),
      heads.put(head, 'head'),
      heads.put(this.#options.wallClock(), 'savedAtMs'),
    ]);
    this.#hasHead = true;
  }

  async clear(): Promise<void> {
    this.#hasHead = false;
    await this.#write((blocks, heads) => [blocks.clear(), heads.clear()]);
  }

  /** Where nothing is stored any more, nothing is left behind. */
  async close(): Promise<void> {
    const isEmpty = this.#isOpen && this.#unlock !== null && !this.#hasHead;
    this.#isOpen = false;
    this.#options.onClosed?.();
    this.#letGo();
    try {
      if (isEmpty) await deleteDB(this.#place);
    } finally {
      this.#unlock?.();
      this.#unlock = null;
    }
  }

  get #place(): string {
    return placeOf(this.#name);
  }

  async #connect(): Promise<SpoolDatabase> {
    const db = await openSpoolDatabase(this.#place, () => {
      if (this.#db === db) this.#db = null;
    });
    this.#db = db;
    return db;
  }

  /**
   * WebKit ends the connections of pages in the background, and all browsers do where the user clears the page's data. The lock is
   * still ours.
   */
  async #reconnect(): Promise<SpoolDatabase> {
    if (!this.#isOpen) throw new Error('it is closed');
    const db = await this.#connect();
    if (this.#hasHead && (await db.getKey('head', 'head')) === undefined) {
      this.#hasHead = false;
      throw new SpoolVanished('its data was cleared');
    }
    return db;
  }

  async #write(
    requests: (blocks: WritableStore<'blocks'>, heads: WritableStore<'head'>) => Promise<unknown>[],
  ): Promise<void> {
    const db = this.#db ?? (await this.#reconnect());
    const { durability } = this.#options;
    try {
      const writing = db.transaction(SPOOL_STORES, 'readwrite', { durability });
      const asked = requests(writing.objectStore('blocks'), writing.objectStore('head'));
      // What is not committed when its page goes is taken back. A browser that has no `commit` does that only once all was asked.
      (writing as Partial<Pick<IDBTransaction, 'commit'>>).commit?.();
      await Promise.all([...asked, writing.done]);
    } catch (error) {
      if (isFull(error)) throw quotaExceeded(error);
      if (this.#db === db) this.#letGo(); // nobody knows what it is good for now: the next one is another
      throw error;
    }
  }

  #letGo(): void {
    this.#db?.close();
    this.#db = null;
  }
}

type WritableStore<Name extends 'blocks' | 'head'> = IDBPObjectStore<
  SpoolSchema,
  typeof SPOOL_STORES,
  Name,
  'readwrite'
>;

/** @returns what lets go of it. */
async function lock(place: string, name: string, waitMs: number): Promise<(() => void) | null> {
  const { locks } = navigator as { readonly locks?: LockManager };
  if (locks === undefined) return null; // an old browser, or a page that is not secure
  return new Promise((resolve, reject) => {
    const held = new Promise<void>((release) => {
      const granted = (): Promise<void> => {
        resolve(release);
        return held;
      };
      const signal = AbortSignal.timeout(waitMs);
      locks.request(place, { signal }, granted).catch((error: unknown) => {
        reject(isTimeout(error) ? inUse(name) : (error as Error));
      });
    });
  });
}

function isTimeout(error: unknown): boolean {
  return ['TimeoutError', 'AbortError'].includes((error as Error).name);
}

/** Firefox tells a full disk by another name than a full quota. */
function isFull(error: unknown): boolean {
  return ['QuotaExceededError', 'NS_ERROR_FILE_NO_DEVICE_SPACE'].includes((error as Error).name);
}
