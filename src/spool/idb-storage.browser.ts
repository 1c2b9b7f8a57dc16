/** A spool in IndexedDB: each commit is one transaction. One page at a time has it, by a Web Lock where the browser has these. */
import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase, IDBPObjectStore } from 'idb';

import { inUse, quotaExceeded } from './spool-errors.ts';
import type { SpoolChange, SpoolStorage, StoredSpool } from '../ports/spool.ts';

interface Schema extends DBSchema {
  blocks: { key: number; value: Uint8Array };
  head: { key: 'head'; value: Uint8Array };
}

export interface IdbStorageOptions {
  /** Another page may be about to go: it is waited for this long. */
  readonly waitMs: number;
  readonly durability: 'relaxed' | 'strict';
  readonly onClosed?: () => void;
}

const STORES = ['blocks', 'head'] as const;

export class IdbSpoolStorage implements SpoolStorage {
  readonly #name: string;
  readonly #options: IdbStorageOptions;
  #db: IDBPDatabase<Schema> | null = null;
  #unlock: (() => void) | null = null;
  #isGone = false;

  constructor(name: string, options: IdbStorageOptions) {
    this.#name = name;
    this.#options = options;
  }

  async open(isFresh: boolean): Promise<StoredSpool> {
    this.#unlock = await lock(this.#place, this.#name, this.#options.waitMs);
    const db = await openDB<Schema>(this.#place, 1, {
      upgrade: (fresh) => {
        for (const store of STORES) fresh.createObjectStore(store);
      },
      terminated: () => {
        this.#isGone = true; // the user cleared the page's data
      },
    });
    this.#db = db;
    if (isFresh) await this.clear();
    const reading = db.transaction(STORES);
    const blocks = reading.objectStore('blocks');
    const [head, numbers, all] = await Promise.all([
      reading.objectStore('head').get('head'),
      blocks.getAllKeys(),
      blocks.getAll(),
    ]);
    return {
      head: head ?? null,
      blocks: numbers.map((number, at) => ({ number, bytes: all[at] ?? new Uint8Array(0) })),
    };
  }

  async commit({ head, block, dropThrough }: SpoolChange): Promise<void> {
    await this.#write((blocks, heads) => [
      ...(block === null ? [] : [blocks.put(block.bytes, block.number)]),
      blocks.delete(IDBKeyRange.upperBound(dropThrough)),
      heads.put(head, 'head'),
    ]);
  }

  clear(): Promise<void> {
    return this.#write((blocks, heads) => [blocks.clear(), heads.clear()]);
  }

  close(): Promise<void> {
    this.#options.onClosed?.();
    this.#db?.close();
    this.#db = null;
    this.#unlock?.();
    this.#unlock = null;
    return Promise.resolve();
  }

  get #place(): string {
    return `tenuto-spool-${this.#name}`;
  }

  async #write(
    requests: (blocks: WritableStore<'blocks'>, heads: WritableStore<'head'>) => Promise<unknown>[],
  ): Promise<void> {
    const db = this.#db;
    if (db === null || this.#isGone) throw new Error('its data was cleared, or it is closed');
    const { durability } = this.#options;
    try {
      const writing = db.transaction(STORES, 'readwrite', { durability });
      const asked = requests(writing.objectStore('blocks'), writing.objectStore('head'));
      await Promise.all([...asked, writing.done]);
    } catch (error) {
      throw isFull(error) ? quotaExceeded(error) : error;
    }
  }
}

type WritableStore<Name extends 'blocks' | 'head'> = IDBPObjectStore<
  Schema,
  typeof STORES,
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
