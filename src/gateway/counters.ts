/** What a gateway has done since it began. Plain numbers, for they are counted on every frame; http/metrics.ts tells them. */
import { CLOSE } from '../protocol/close-codes.ts';
import type { LeaseRelease } from '../../machines/lease.types.ts';

/** How a client came to its session. */
export type Arrival = 'begun' | 'resumed' | 'takenOver';

/** What became of what an app failed on. */
export type AppFailureFate = 'again' | 'setAside' | 'gaveUp';

/** What a store was asked for, and how it went; of an append, what it answered. */
export type StoreAnswer =
  | 'committed'
  | 'conflict'
  | 'unknown'
  | 'unavailable'
  | 'tailFailed'
  | 'readFailed'
  | 'purgeFailed';

/** Upper bounds of how long a commit takes: memory below the first, a disk in the middle, an election at the end. */
const COMMIT_BOUNDS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

export class Histogram {
  readonly boundsMs: readonly number[];
  /** How many were within each bound and in none before it; the last is of those beyond all. */
  readonly counts: number[];
  sumMs = 0;

  constructor(boundsMs: readonly number[]) {
    this.boundsMs = boundsMs;
    this.counts = Array<number>(boundsMs.length + 1).fill(0);
  }

  observe(ms: number): void {
    const at = this.boundsMs.findIndex((bound) => ms <= bound);
    const place = at === -1 ? this.boundsMs.length : at;
    this.counts[place] = (this.counts[place] ?? 0) + 1;
    this.sumMs += ms;
  }
}

export class Counters {
  framesIn = 0;
  framesOut = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** Of clients, in the log. */
  chunksCommitted = 0;
  /** Frames that were here already. */
  duplicates = 0;
  gaps = 0;
  gapMs = 0;
  /** A client used up all that it was granted. */
  creditStalls = 0;
  /** Clients that were told to go elsewhere. */
  goAways = 0;
  readonly arrivals: Record<Arrival, number> = { begun: 0, resumed: 0, takenOver: 0 };
  readonly endings: Record<LeaseRelease, number> = {
    finished: 0,
    expired: 0,
    aged: 0,
    unopened: 0,
    lost: 0,
    failed: 0,
    loggedOut: 0,
    fenced: 0,
    uncertain: 0,
    left: 0,
  };
  readonly appFailures: Record<AppFailureFate, number> = { again: 0, setAside: 0, gaveUp: 0 };
  /** By code, each that there is: a peer makes no label. */
  readonly refusals: Record<number, number> = Object.fromEntries(
    Object.values(CLOSE)
      .filter((code) => code !== CLOSE.done)
      .map((code) => [String(code), 0]),
  );
  /** By status, each that there is: these came no further than HTTP. */
  readonly upgradeRefusals: Record<number, number> = { 400: 0, 403: 0, 404: 0, 414: 0, 503: 0 };
  readonly store: Record<StoreAnswer, number> = {
    committed: 0,
    conflict: 0,
    unknown: 0,
    unavailable: 0,
    tailFailed: 0,
    readFailed: 0,
    purgeFailed: 0,
  };
  storeBytes = 0;
  /** Sessions that were let go of while something of theirs was not in the log. */
  unwritten = 0;
  readonly commits = new Histogram(COMMIT_BOUNDS_MS);

  sent(frame: Uint8Array): void {
    this.framesOut += 1;
    this.bytesOut += frame.length;
  }

  refused(code: number): void {
    increase(this.refusals, code);
  }

  upgradeRefused(status: number): void {
    increase(this.upgradeRefusals, status);
  }
}

function increase(counts: Record<number, number>, key: number): void {
  const count = counts[key];
  if (count !== undefined) counts[key] = count + 1;
}
