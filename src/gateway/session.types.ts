/** What a session of the gateway is made of, and how it goes. */
import type { SessionCard } from './card.ts';
import type { Counters } from './counters.ts';
import type { Standing } from './records.ts';
import type { LogLoss } from './session-log.ts';
import type { GatewaySession } from './session.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import type { LogStore } from '../ports/log-store.ts';
import type { Logger } from '../ports/logger.ts';

/** `ended`: for good. `expired`: so, for nobody came back. `left`: it stays in the log, to be taken over. */
export type Departure = LogLoss | 'ended' | 'expired' | 'left';

export interface GatewaySessionOptions {
  readonly id: string;
  readonly writer: string;
  readonly card: SessionCard;
  /** As the fence that made us its owner has it, and where that stands. */
  readonly standing: Standing;
  readonly tail: number;
  readonly store: LogStore;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly logger: Logger;
  /** It takes nothing any more here: it ended, or another gateway may have it. */
  readonly onGone: (session: GatewaySession, why: Departure) => void;
  /** How long the session outlives its client. */
  readonly graceMs: number;
  /** What may wait here for the app to handle it; then credit stops. Default: no end. */
  readonly maxUnhandledBytes?: number;
  readonly counters: Counters;
}
