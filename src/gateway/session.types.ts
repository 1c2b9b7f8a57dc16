/** What a session of the gateway is made of, and how it goes. */
import type { MemoryAccount } from './admission/memory.ts';
import type { OnAppError } from './app-error.ts';
import type { Audit } from './audit.ts';
import type { SessionCard } from './card.ts';
import type { Counters } from './counters.ts';
import type { Lease } from './lease.ts';
import type { Standing } from './records.ts';
import type { TagOf } from './session-tag.ts';
import type { LeaseOrder, LeaseRelease } from '../../machines/lease.types.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import type { LogStore } from '../ports/log-store.ts';
import type { Logger } from '../ports/logger.ts';

/** What all sessions of a gateway have in common. */
export interface SessionHouse {
  readonly store: LogStore;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly logger: Logger;
  readonly tagOf: TagOf;
  readonly counters: Counters;
  readonly audit: Audit;
  /** What apps throw, as it was thrown. */
  readonly onAppError: OnAppError | null;
}

/** Who keeps the sessions. */
export interface SessionKeeper {
  readonly house: SessionHouse;
  /** What may wait for an app to handle it; then credit stops. */
  readonly maxUnhandledBytes: number;
  /** It takes nothing any more here: it ended, or another gateway may have it. */
  onGone(id: string, why: LeaseRelease): void;
  /** What becomes of its log, once it is over. */
  retire(id: string, lease: Lease, order: LeaseOrder): void;
}

export interface GatewaySessionOptions {
  readonly id: string;
  /** Its fence is in the log, and its app is to be opened. */
  readonly lease: Lease;
  readonly writer: string;
  readonly card: SessionCard;
  /** As the fence that made us its owner has it, and where that stands. */
  readonly standing: Standing;
  readonly tail: number;
  /** What it holds in memory is counted there. */
  readonly account: MemoryAccount;
  /** Gives its place back: once everything was said, or when it is gone. */
  readonly leavePlace: () => void;
}
