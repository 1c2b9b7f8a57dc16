/** A spool in the browser's IndexedDB. */
import { placeOf } from './idb-database.browser.ts';
import { IdbSpoolStorage } from './idb-storage.browser.ts';
import { NotedStorage } from './noted-storage.ts';
import { checkSpoolName, openKeptSpool } from './open-spool.ts';
import type { OpenSpoolOptions } from './open-spool.ts';
import { systemWallClock } from '../ports/clock.ts';
import { checkGiven } from '../ports/option-errors.ts';
import type { Spool, SpoolStorage } from '../ports/spool.ts';

export interface OpenBrowserSpoolOptions extends OpenSpoolOptions {
  /**
   * One page has a spool at a time. Where another one has it, its end is waited for this long, then it is SPOOL_IN_USE; Infinity
   * waits as long as it takes. Default 2,000 ms: a page that is reloaded may not be gone yet.
   */
  readonly waitMs?: number;
  /** `strict` waits for the disk with each commit, and survives the loss of power too. Default `relaxed`: the end of the browser. */
  readonly durability?: 'relaxed' | 'strict';
}

/** What a page that goes asks of its spool. */
interface Leavable {
  prepare(): void;
  leave(): void;
}

const DEFAULT_WAIT_MS = 2_000;
/** Longer than any page lives, and as long as a browser's timers can be set for. */
const LONGEST_WAIT_MS = 2_147_483_647;

/**
 * What a page goes away with is given to the browser before it is gone: all of it, or with a key all that is sealed by then. Since a
 * browser may drop that, it is noted down in `localStorage` too, and taken from there by the next (docs/offline.md).
 *
 * @throws TenutoError OPTION_INVALID, SPOOL_IN_USE, SPOOL_KEY_WRONG, SPOOL_CORRUPT, SPOOL_UNAVAILABLE.
 */
export async function openSpool(options: OpenBrowserSpoolOptions): Promise<Spool> {
  checkGiven('openSpool', options);
  return openInPage(options, openKeptSpool);
}

/** A spool of any kind, in this browser. */
export async function openInPage<
  Options extends Pick<OpenBrowserSpoolOptions, 'name' | 'waitMs' | 'durability' | 'wallClock'>,
  Opened extends Leavable,
>(
  options: Options,
  open: (storage: SpoolStorage, rest: Omit<Options, 'waitMs' | 'durability'>) => Promise<Opened>,
): Promise<Opened> {
  const { waitMs = DEFAULT_WAIT_MS, durability = 'relaxed', ...rest } = options;
  checkSpoolName(options.name);
  const listening = new AbortController();
  const stored = new IdbSpoolStorage(options.name, {
    onClosed: () => listening.abort(),
    waitMs: Math.min(waitMs, LONGEST_WAIT_MS),
    durability,
    wallClock: options.wallClock ?? systemWallClock,
  });
  const storage = new NotedStorage(stored, placeOf(options.name), () => localStorage);
  const spool = await open(storage, rest);
  spool.prepare();
  const leave = (): void => spool.leave();
  const leaveForGood = (): void => {
    spool.leave();
    storage.note();
  };
  const { signal } = listening;
  document.addEventListener('visibilitychange', leave, { signal });
  document.addEventListener('freeze', leaveForGood, { signal });
  globalThis.addEventListener('pagehide', leaveForGood, { signal });
  return spool;
}
