/** What a simulation is told and what it tells: plain data, so that a run can be written down, sent to a process, and shrunk. */

/** One thing that goes wrong. All of a run's are drawn before it begins. */
export interface Fault {
  /** A name in `NEMESES`. */
  readonly kind: string;
  /** From the beginning of the run. */
  readonly atMs: number;
  /** How long it lasts; nothing for what happens in a moment. */
  readonly forMs?: number;
  /** Whom it hits: the number of a client, a gateway, a service, from 0. Nobody in particular where it hits all. */
  readonly on?: number;
  /** How much of it, in a unit of the kind's own. */
  readonly much?: number;
}

/** Which world: clients of our gateways, or sessions with the services of others. */
export type WorldKind = 'gateways' | 'services';

export const INVARIANTS = {
  I1: 'sequence numbers in the log are contiguous, and none is there twice',
  I2: 'what is in the log is what was captured',
  I3: 'what was acknowledged is in the log, is sent again, or is reported as a gap',
  I4: 'nothing is both delivered and reported as a gap',
  I5: 'what an application says arrives once and in order',
  I6: 'finals cover the audio without a hole and without an overlap',
  I7: 'epochs strictly increase, and every record is of the newest',
  I8: 'memory stays within its bounds',
  I9: 'captured = delivered + gap + buffered, at every moment',
  I10: 'once all is well again, everything is delivered within 90 s',
  I11: 'a session stays the same session, or says that it does not',
  I12: 'dials stay within their budget, and none follows a final refusal',
  I13: 'a resume token that was replaced opens nothing',
  I14: 'whoever brings audio waits for nobody',
  I15: 'audio is delivered with the position and the time of its capture',
  I16: 'the same seed gives the same run',
  I17: 'every reconnection that is told of ends',
  I18: 'from every state that a chart is in it can come to an end',
  I19: 'nothing is thrown that nobody catches, and no timer, socket or byte is left',
  I20: 'what an application expects of itself holds',
  I21: 'what a spool has stored outlives its process, and it stores what comes in time',
} as const;

export type InvariantId = keyof typeof INVARIANTS;

export interface Violation {
  readonly invariant: InvariantId;
  readonly atMs: number;
  /** One line: what was found, and what should have been. */
  readonly message: string;
}

/** A line of a trace. */
export interface TraceEntry {
  readonly atMs: number;
  /** Such as `client 1`, `gateway 2`, `store`, `fault`. */
  readonly who: string;
  /** Where it goes, of a message. */
  readonly to?: string;
  readonly what: string;
  /** The state of its chart from then on, where that is what changed. */
  readonly state?: string;
}

export interface RunOptions {
  readonly seed: number;
  /** Instead of those that the seed draws. */
  readonly faults?: readonly Fault[];
  /** How long faults strike, before all is well again. Default 180,000 ms. */
  readonly lengthMs?: number;
  /** Instead of the one that the seed draws. */
  readonly world?: WorldKind;
  /** Whether the run is to be told line by line. Default false. */
  readonly isTraced?: boolean;
}

export interface RunResult {
  readonly seed: number;
  readonly world: WorldKind;
  /** Those that were planned, in order of time. */
  readonly faults: readonly Fault[];
  /** The first of each invariant. Empty: all was well. */
  readonly violations: readonly Violation[];
  /** Of everything that happened: runs that are the same have the same. */
  readonly hash: string;
  /** Steps of the clock. */
  readonly steps: number;
  readonly simulatedMs: number;
  /** How many chunks and messages clients brought. */
  readonly chunks: number;
  /** Chunks that became a reported gap. */
  readonly gapChunks: number;
  /** How often a fault of each kind found something to hit. */
  readonly fired: Readonly<Record<string, number>>;
  /** How often each thing came about that must come about now and then. */
  readonly sometimes: Readonly<Record<string, number>>;
  /** Empty unless it was asked for. */
  readonly trace: readonly TraceEntry[];
}
