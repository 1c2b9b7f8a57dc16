/** A spool as a session sees it: it is handed what it keeps, and brings along all that it does. */
import type { SessionEmitter } from './emitter.ts';
import type { SpoolOutcome } from './events.ts';
import type { Kept } from '../audio/keeping.ts';
import type { Uplink } from '../audio/uplink.ts';
import type { UplinkSpool } from '../audio/uplink.types.ts';
import type { AudioFormat } from '../ports/audio-format.ts';
import type { Clock } from '../ports/clock.ts';
import type { Spool } from '../ports/spool.ts';

/** A session's. */
export interface SpoolParts extends Kept {
  readonly uplink: Uplink;
  readonly emitter: SessionEmitter;
}

export interface SpoolFacts {
  readonly clock: Clock;
  readonly format: AudioFormat;
}

/** What every spool is, and applications need not know. */
export interface SessionSpool extends Spool {
  /**
   * Gives the parts what another life left, and keeps from now on what they hold.
   *
   * @throws TenutoError SPOOL_IN_USE, OPTION_INVALID for audio of another rate.
   */
  join(parts: SpoolParts, facts: SpoolFacts): UplinkSpool;
  /** Another life left a session that this candidate's service keeps. */
  isKept(key: string): boolean;
  /** What a candidate's streams leave for each other was just made. @param key the candidate's. */
  made(key: string, shared: object): void;
  /** The session is over. @param isFinished all that comes of its audio was told. */
  end(isFinished: boolean): Promise<SpoolOutcome>;
}
