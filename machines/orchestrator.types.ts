/** What the orchestrator is told, what it remembers, and what it tells. */
import type { ReconnectPolicy } from './backoff.ts';
import type { Outage, OwnerFact } from './connection.owner.ts';
import type { ConnectionComponent, ConnectionStatus, NetworkEvent } from './connection.types.ts';
import type { Failure } from './failure.ts';
import type { LivenessLimits } from './liveness.types.ts';

/** What a voice session can be asked for. */
export type Faculty = 'hearing' | 'speaking';

/**
 * How much of a session is left. `recordOnly`: nobody serves, audio is kept. `textOnly`: nothing is spoken, text goes on.
 * `noSpeech`: nobody hears, the user can still type.
 */
export type DegradedMode = 'recordOnly' | 'textOnly' | 'noSpeech';

/** One provider at one endpoint, as far as a decision needs to know it. */
export interface Candidate {
  readonly provider: string;
  /** Empty where the provider has but one. */
  readonly region: string;
  readonly component: ConnectionComponent;
  readonly policy: ReconnectPolicy;
  readonly refreshesCredential: boolean;
  readonly canProbe: boolean;
  readonly hedges: boolean;
  readonly limits: LivenessLimits;
  readonly faculties: readonly Faculty[];
  /** A configured socket is kept ready beside the one that carries. */
  readonly standby: 0 | 1;
  /** Whether a second session may stand while the first still does. */
  readonly makesBeforeBreaks: boolean;
  /** Whether a second session takes over from the first as soon as it stands. Default false. */
  readonly takesOver?: boolean;
  /** Its session stood in another process, and is kept: the first connection goes on with it. Default false. */
  readonly hasBeenConnected?: boolean;
  /** How long the service lets a session live; null where it sets no end. */
  readonly endsAfterMs: number | null;
}

export interface OrchestratorInput {
  /** In order of preference; at least one. */
  readonly candidates: readonly [Candidate, ...Candidate[]];
  /** How long audio is only recorded before the session is given up. Default 120,000 ms. */
  readonly recordOnlyMs?: number;
  /** How long a lesser candidate is kept before a better one is tried again. Default 60,000 ms. */
  readonly holdDownMs?: number;
  /** How long before a known end its successor is looked for. Default 60,000 ms. */
  readonly rotationLeadMs?: number;
}

/** What a second connection is dialled for. `failover`: the carrier serves, but its breaker opened. */
export type Purpose = 'standby' | 'failover' | 'rotation' | 'return';

/** One connection of ours. Every one that is dialled takes the next number. */
export interface Lane {
  readonly id: number;
  readonly candidate: number;
}

export interface Beside extends Lane {
  readonly purpose: Purpose;
  readonly isReady: boolean;
  /** Since when it is ready: a service that ends sessions counts from here. */
  readonly readyAtMs: number;
  /** When its own session ends, where the service said so. */
  readonly endsAtMs: number | null;
}

/** Why another connection carries now. */
export type MoveReason = 'failover' | 'standby' | 'rotation' | 'return';

/** The moments that the chart waits for by a timer. */
export type TimerName =
  | 'failoverLimit'
  | 'unservedLimit'
  | 'handoverLimit'
  | 'rotationDue'
  | 'leaveBy'
  | 'standbyDue'
  | 'lastCall'
  | 'nextProbe'
  | 'recordOnlyLimit';

export interface Move {
  /** The candidate that carried before. */
  readonly from: number;
  readonly reason: MoveReason;
  readonly sinceMs: number;
}

export type OrchestratorEvent =
  | { readonly type: 'session.connect'; readonly atMs: number }
  | { readonly type: 'session.close' }
  | OwnerFact
  | NetworkEvent
  /** The breaker of a candidate moved; it may be dialled from that moment on. */
  | {
      readonly type: 'breaker.moved';
      readonly candidate: number;
      readonly untilMs: number;
      readonly atMs: number;
    }
  /** Somebody has the word, or is about to take it: what the turn chart tells. */
  | { readonly type: 'speech.started'; readonly atMs: number }
  /** Nobody has: a pause began, or is told again where the service found it as well. */
  | { readonly type: 'speech.paused'; readonly atMs: number }
  /** The session is being closed; `session.close` follows when what is left was delivered, or took too long. */
  | { readonly type: 'close.begun'; readonly atMs: number }
  /** The service said when it will end this session, and perhaps that we are to go before: each client at another moment. */
  | {
      readonly type: 'end.announced';
      readonly lane: number;
      readonly endsAtMs: number;
      readonly leavesAtMs?: number;
      readonly atMs: number;
    }
  /** Part of a composed provider failed alone, or works again. */
  | {
      readonly type: 'faculty.lost';
      readonly lane: number;
      readonly faculty: Faculty;
      readonly atMs: number;
    }
  | {
      readonly type: 'faculty.restored';
      readonly lane: number;
      readonly faculty: Faculty;
      readonly atMs: number;
    };

/** What is known of each candidate beside its facts. */
export interface Standing {
  /** By its breaker: no dial before this moment. */
  readonly openUntilMs: number;
  /** By us: it failed a moment ago. */
  readonly coolUntilMs: number;
  /** By the service: it said when to come back. */
  readonly askedUntilMs: number;
  /** Failures in a row without a committed result. */
  readonly failures: number;
  /** Misconfigured: only an order to connect tries it again. */
  readonly isBarred: boolean;
  /** It refused a second connection beside one that served: none is tried again. */
  readonly isAlone: boolean;
}

export interface OrchestratorContext extends Required<OrchestratorInput> {
  readonly standings: readonly Standing[];
  readonly lastLane: number;
  readonly carrier: Lane | null;
  readonly beside: Beside | null;
  /** The move that is not completed yet. */
  readonly move: Move | null;
  /** Candidates that were given up since an order to connect, and before anybody served. */
  readonly passed: readonly number[];
  /** Moments of the carrier's failed dials. */
  readonly failedDials: readonly number[];
  readonly outage: Outage | null;
  /** Since audio flowed last a break was told of: by the connection that lost its socket, or by this chart. */
  readonly isBreakTold: boolean;
  readonly hasServed: boolean;
  readonly isOnline: boolean;
  readonly isSpeaking: boolean;
  /** The application ends the session: what is left is delivered by who serves. */
  readonly isClosing: boolean;
  /** The newest moment that a fact told. */
  readonly nowMs: number;
  /** When the carrier's connection last began to serve; null where it has not yet. */
  readonly servedAtMs: number | null;
  /** When a planned end was last met. */
  readonly rotatedAtMs: number | null;
  /** Since when no audio flows; null while it does. */
  readonly unservedSinceMs: number | null;
  /** When the timers of the present state fall due: a timer brings no time with it. */
  readonly dueAtMs: Readonly<Partial<Record<TimerName, number>>>;
  /** Before this a lesser candidate is kept. */
  readonly heldUntilMs: number;
  /** When the carrier's session ends, where that is known. */
  readonly endsAtMs: number | null;
  /** When its successor is to be dialled, where that is not up to us. */
  readonly leavesAtMs: number | null;
  readonly facultiesLost: readonly Faculty[];
  readonly mode: DegradedMode | null;
  readonly recordOnlySinceMs: number | null;
  readonly failure: Failure | null;
}

/**
 * A break that no connection told of, and the candidate that is dialled to end it. Applications hear of it as
 * `connection.reconnecting`.
 */
export interface BreakSignal {
  readonly type: 'break.begun';
  readonly component: ConnectionComponent;
  readonly maxAttempts: number;
  readonly cause: Failure;
}

export type OrchestratorSignal =
  | {
      readonly type: 'candidate.changed';
      readonly from: string;
      readonly to: string;
      readonly reason: MoveReason;
      /** From the first sign of trouble, or from the decision to move, until audio flowed again. */
      readonly takeoverMs: number;
    }
  | {
      readonly type: 'session.degraded';
      readonly mode: DegradedMode;
      readonly missing: readonly Faculty[];
    }
  | { readonly type: 'session.restored'; readonly mode: DegradedMode }
  | {
      readonly type: 'session.suspended';
      readonly failure: Failure;
      readonly attempts: number;
    };

/** The session's public status, where the carrier's connection does not tell it. */
export type OrchestratorStatus = Extract<
  ConnectionStatus,
  'idle' | 'reconnecting' | 'error' | 'disconnected'
>;

/** The lanes between which the audio is handed over. */
export interface HandoverInput {
  readonly from: number;
  readonly to: number;
}

export interface HandoverResult {
  readonly atMs: number;
}
