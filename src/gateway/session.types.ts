/** What a session of the gateway is made of, and how it goes. */
import type { MemoryAccount } from './admission/memory.ts';
import type { SessionCard } from './card.ts';
import type { Counters } from './counters.ts';
import type { Lease } from './lease.ts';
import type { Standing } from './records.ts';
import type { LeaseOrder, LeaseRelease } from '../../machines/lease.types.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import type { LogStore } from '../ports/log-store.ts';
import type { Logger } from '../ports/logger.ts';

export interface GatewaySessionOptions {
  readonly id: string;
  /** Its fence is in the log, and its app is to be opened. */
  readonly lease: Lease;
  readonly writer: string;
  readonly card: SessionCard;
  /** As the fence that made us its owner has it, and where that stands. */
  readonly standing: Standing;
  readonly tail: number;
  readonly store: LogStore;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly logger: Logger;
  /** Everything was said, and is in the log: it is only here for a client that may ask once more. */
  readonly onConcluded: () => void;
  /** It takes nothing any more here: it ended, or another gateway may have it. */
  readonly onGone: (why: LeaseRelease) => void;
  /** What becomes of its log, once it is over. */
  readonly retire: (order: LeaseOrder) => void;
  /** What may wait here for the app to handle it; then credit stops. Default: no end. */
  readonly maxUnhandledBytes?: number;
  readonly counters: Counters;
  /** What it holds in memory is counted there. */
  readonly account: MemoryAccount;
}
