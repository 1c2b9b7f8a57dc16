/** Spools whose name nobody remembers: of a tab that was closed in mid-recording under a name of its own. */
import { deleteDB } from 'idb';

import { nameAt, openSpoolDatabase, placeOf } from './idb-database.browser.ts';
import { forgetNote, notedAtMs } from './noted-storage.ts';
import { DAY_MS } from './open-spool.ts';
import { unavailable } from './spool-errors.ts';
import type { WallClock } from '../ports/clock.ts';
import { systemWallClock } from '../ports/clock.ts';
import { checkNumber, checkOptions } from '../ports/option-errors.ts';

export interface ForgetSpoolsOptions {
  /** Those whose name begins so. Default: all of this origin. */
  readonly prefix?: string;
  /** Those that were written last so long ago. Default 24 h; 0: whatever is not open, also of a page that is being loaded again. */
  readonly maxAgeMs?: number;
  /** Default: this machine's. */
  readonly wallClock?: WallClock;
}

/**
 * Deletes the spools that no page has open, with the audio and the token in them. Where the browser has no Web Locks, or does not
 * tell what databases there are, nobody knows which these are, and none is deleted.
 *
 * @returns their names.
 * @throws TenutoError OPTION_INVALID, SPOOL_UNAVAILABLE.
 */
export async function forgetSpools(options: ForgetSpoolsOptions = {}): Promise<readonly string[]> {
  checkOptions('forgetSpools', options, { prefix: 0, maxAgeMs: 0, wallClock: 0 });
  const { prefix = '', maxAgeMs = DAY_MS, wallClock = systemWallClock } = options;
  checkNumber('maxAgeMs', maxAgeMs, maxAgeMs >= 0, 'from 0');
  const { locks } = navigator as { readonly locks?: LockManager };
  const { databases } = indexedDB as { readonly databases?: IDBFactory['databases'] };
  if (locks === undefined || databases === undefined) return [];
  const forgotten: string[] = [];
  try {
    const stored = new Set((await databases.call(indexedDB)).map((one) => one.name ?? ''));
    for (const place of new Set([...stored, ...notes()])) {
      const name = nameAt(place);
      if (name?.startsWith(prefix) !== true) continue;
      const isGone = await locks.request(placeOf(name), { ifAvailable: true }, async (lock) => {
        if (lock === null) return false;
        const storedAtMs = stored.has(place) ? await savedAtMs(place) : -Infinity;
        const atMs = Math.max(
          storedAtMs,
          notedAtMs(place, () => localStorage),
        );
        if (wallClock() - atMs < maxAgeMs) return false;
        await deleteDB(place);
        forgetNote(place, () => localStorage);
        return true;
      });
      if (isGone) forgotten.push(name);
    }
  } catch (error) {
    throw unavailable(error);
  }
  return forgotten;
}

/** The keys of those that pages left as they went (NotedStorage), and of whatever else there is. */
function notes(): readonly string[] {
  try {
    return Object.keys(localStorage);
  } catch {
    return []; // it is forbidden: then there are none
  }
}

/** -Infinity where nothing was ever stored. */
async function savedAtMs(place: string): Promise<number> {
  const db = await openSpoolDatabase(place);
  try {
    return Number((await db.get('head', 'savedAtMs')) ?? -Infinity);
  } finally {
    db.close();
  }
}
