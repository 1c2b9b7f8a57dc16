/** What is stored at once, as a spool makes it up. */
import type { Clock } from '../ports/clock.ts';
import type { SpoolChange } from '../ports/spool.ts';
import type { SessionEventOf } from '../session/events.ts';

/** By whose clock it is stored, and who is told how that goes. */
export interface WriterParts {
  readonly clock: Clock;
  readonly emitter: {
    emit(event: SessionEventOf<'spool.failed' | 'spool.recovered'>): unknown;
  };
}

export interface Commit {
  /** Nothing is left for another one. */
  readonly isAll: boolean;
  /** Captured, and not stored before it. */
  readonly waitingBytes: number;
  /** Audio was put in before it since it was made up: another one would have it elsewhere. */
  hasMoved(): boolean;
  /** What is to be stored; a promise where it takes time to be sealed. */
  change(): SpoolChange | Promise<SpoolChange>;
  /** It is. */
  done(): void;
  /** Nothing of what was stored before is there any more. */
  vanished(): void;
}

/** Nothing is left to be waited for. */
export interface SealedCommit extends Commit {
  change(): SpoolChange;
}
