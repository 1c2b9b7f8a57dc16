/** The database of one spool, as every page of an origin finds it. */
import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase } from 'idb';

export interface SpoolSchema extends DBSchema {
  blocks: { key: number; value: Uint8Array };
  /** And when it was written, for whoever cannot read it. */
  head: { key: 'head' | 'savedAtMs'; value: Uint8Array | number };
}

export type SpoolDatabase = IDBPDatabase<SpoolSchema>;

export const SPOOL_STORES = ['blocks', 'head'] as const;
const PREFIX = 'tenuto-spool-';

/** What the database is called, and its lock. */
export function placeOf(name: string): string {
  return `${PREFIX}${name}`;
}

/** Null for what is no spool. */
export function nameAt(place: string): string | null {
  return place.startsWith(PREFIX) ? place.slice(PREFIX.length) : null;
}

/** @param terminated the browser has ended the connection by itself. */
export function openSpoolDatabase(
  place: string,
  terminated: () => void = () => undefined,
): Promise<SpoolDatabase> {
  return openDB<SpoolSchema>(place, 1, {
    upgrade: (fresh) => {
      for (const store of SPOOL_STORES) fresh.createObjectStore(store);
    },
    terminated,
  });
}
