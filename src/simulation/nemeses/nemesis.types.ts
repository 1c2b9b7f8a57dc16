/** What can go wrong, as data and a deed. */
import type { Report } from '../checks/report.ts';
import type { WireChecks } from '../checks/wire-checks.ts';
import type { Client } from '../world/client.ts';
import type { Harbour } from '../world/harbour.ts';
import type { House } from '../world/house.ts';
import type { AppManners } from '../world/manners.ts';
import type { Verifier } from '../world/verifier.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SeededRandom } from '../../ports/random.ts';

/** What of the world can be hit. */
export interface Struck {
  readonly clock: Clock;
  /** Of the fault's own. */
  readonly random: SeededRandom;
  readonly report: Report;
  readonly clients: readonly Client[];
  readonly houses: readonly House[];
  readonly harbour: Harbour;
  readonly wire: WireChecks;
  readonly manners: AppManners;
  readonly verifier: Verifier;
  readonly store: StoreFaults;
  /** Kills a gateway, and starts it again after so long. */
  crash(house: House, how: 'reset' | 'late' | 'silence', restartAfterMs: number): boolean;
  /** Somebody who is no client of this world dials and says HELLO with that. */
  intrude(known: Intrusion): boolean;
  /** So many tabs with what a client has stored of its session are opened. Returns what closes them; null: nothing is stored. */
  duplicate(client: number, tabs: number): (() => void) | null;
}

export interface Intrusion {
  readonly client: number;
  /** `former`: a token that was replaced. `newest`: as another tab of the same browser has it. */
  readonly token: 'former' | 'newest';
}

/** What can befall the store, whose views are the gateways'. */
export interface StoreFaults {
  /** Null: for all of them. */
  outage(house: House | null, isOut: boolean): void;
  /** Everything takes so much longer from now on, or less again. */
  slow(byMs: number): void;
  /** So much more often an append is committed and nobody is told. */
  ambiguous(by: number): void;
  /** So much more often what is asked for does not arrive, and nobody can say so. */
  lossy(by: number): void;
  stale(isStale: boolean): void;
  full(isFull: boolean): void;
  /** In whatever is read of the log of one session that is not over a byte is wrong. Returns what ends it; null: there is none. */
  damage(random: SeededRandom): (() => void) | null;
  /** So many of the newest records of each log are gone. */
  loseTail(records: number): boolean;
  /** Once the next record of that gateway is committed, or before it is: it does not hear of it. */
  atNextAppend(house: House, when: 'before' | 'after', deed: () => void): () => void;
}

/** How much of a fault, with nothing left out. */
export interface Blow {
  readonly on: number;
  readonly forMs: number;
  readonly much: number;
}

export interface Nemesis {
  /** For people: what happens. */
  readonly says: string;
  readonly on: 'client' | 'gateway' | 'all';
  /** At the least and at the most; left out of what happens in a moment. */
  readonly lastsMs?: readonly [least: number, most: number];
  readonly much?: readonly [least: number, most: number];
  /**
   * Does it, or begins to. Returns what ends it, or null where there was nothing to hit. What ends it is called when its time
   * is over, or when all is to be well again.
   */
  begin(world: Struck, blow: Blow): (() => void) | null;
}
