/** What the breaker is told, what it remembers, and what it tells. */
import type { Failure } from './failure.ts';

export type BreakerState = 'closed' | 'open' | 'halfOpen';

/** Why it opened: failures in a row, their share, stalls in a row, or a probe that failed. */
export type BreakerReason = 'consecutive' | 'rate' | 'stalls' | 'probe';

/** A dial is about to be made. Ask `mayDial` first: this takes the probe where there is one to take. */
export interface DialAsked {
  readonly type: 'dial.asked';
  readonly atMs: number;
}

/** More than "open": a committed result, or a healthy spell. One stream may tell of both. */
export interface DialSucceeded {
  readonly type: 'dial.succeeded';
  readonly atMs: number;
}

/** A dial, or the stream that came of it, failed. */
export interface DialFailed {
  readonly type: 'dial.failed';
  readonly atMs: number;
  readonly failure: Failure;
  /** For who tells this it is the last usable candidate: counted, but never opened for it. */
  readonly isLast: boolean;
}

/** Speech went out and no result came. */
export interface StreamStalled {
  readonly type: 'stream.stalled';
  readonly atMs: number;
  readonly isLast: boolean;
}

/** Who probed was closed before it knew: the probe is free again. */
export interface ProbeAbandoned {
  readonly type: 'probe.abandoned';
  readonly atMs: number;
}

export type BreakerEvent = DialAsked | DialSucceeded | DialFailed | StreamStalled | ProbeAbandoned;

/** The outcomes of one second. */
export interface OutcomeSecond {
  /** The moment's whole seconds. */
  readonly second: number;
  readonly failures: number;
  readonly successes: number;
}

export interface BreakerContext {
  /** Counted no further than it takes to open. */
  readonly failuresInARow: number;
  /** Stalls without a success between, counted no further than it takes to open. */
  readonly stallsInARow: number;
  /** The last 30 s, oldest first; at most one entry a second, so never more than 30, at any rate of outcomes. */
  readonly window: readonly OutcomeSecond[];
  /** Openings since it last closed. */
  readonly openings: number;
  /** Why it opened last; null before that and once closed. */
  readonly reason: BreakerReason | null;
  /** No dial before this moment. */
  readonly openUntilMs: number;
  /** Until when the probe is somebody's; null while it is free. */
  readonly probeUntilMs: number | null;
  /** Successes since it is half open. */
  readonly successes: number;
}

export type BreakerSignal =
  | {
      readonly type: 'breaker.opened';
      readonly untilMs: number;
      readonly reason: BreakerReason;
      /** Openings in a row, this one included. */
      readonly times: number;
    }
  | { readonly type: 'breaker.halfOpened' }
  | { readonly type: 'breaker.closed' };

/** What of a snapshot answers `mayDial`. */
export interface BreakerView {
  readonly value: BreakerState;
  readonly context: Pick<BreakerContext, 'openUntilMs' | 'probeUntilMs'>;
}
