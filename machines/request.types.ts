/** What the request chart is told, what it remembers, and what it tells. */
import type { ReconnectPolicy } from './backoff.ts';
import type { Outage } from './connection.owner.ts';
import type { ConnectionComponent, ConnectionSignal } from './connection.types.ts';
import type { Failure } from './failure.ts';
import type { OrchestratorSignal } from './orchestrator.types.ts';

export interface RequestCandidate {
  /** As signals tell it. */
  readonly name: string;
  /** Those with the same key share a breaker. */
  readonly key: string;
  readonly policy: ReconnectPolicy;
  /** Whether asking again can bring another credential. */
  readonly refreshesCredential: boolean;
  /** Until when its breaker bars it; 0 where it does not. */
  readonly openUntilMs: number;
}

export interface RequestInput {
  readonly component: ConnectionComponent;
  /** In order of preference. */
  readonly candidates: readonly [RequestCandidate, ...RequestCandidate[]];
  readonly atMs: number;
  /** What the last request to the same candidates left behind. Default nothing. */
  readonly memory?: RequestMemory | null;
}

/** A candidate, and what is held against it. */
export interface RequestStanding {
  /** In a row. */
  readonly failures: number;
  /** Not asked before this moment, by what it said or by the backoff envelope. */
  readonly coolUntilMs: number;
  /** That moment is the end of a limit, and not of a backoff. */
  readonly isLimited: boolean;
  /** Until when its breaker bars it. */
  readonly openUntilMs: number;
  readonly hasAnswered: boolean;
  /** Its credential was renewed since it last answered. */
  readonly isRefreshed: boolean;
  /** It will not answer this request. */
  readonly isPassed: boolean;
}

/** What one request leaves behind for the next. */
export interface RequestMemory {
  readonly standings: readonly RequestStanding[];
  /** Since when nobody answers; null while all is well. */
  readonly outage: RequestOutage | null;
  /** Null before the first. */
  readonly lastToAnswer: number | null;
}

export type RequestOutage = Omit<Outage, 'downtimeMs'>;

export interface RequestContext extends RequestMemory {
  readonly component: ConnectionComponent;
  readonly candidates: RequestInput['candidates'];
  /** The newest moment that was told. */
  readonly nowMs: number;
  /** The candidate that is asked, or waited for. */
  readonly current: number;
  /** When the wait is over. */
  readonly dueAtMs: number;
  /** A failure is to be followed by another attempt, which is not told yet. */
  readonly isAttemptDue: boolean;
  /** The newest. */
  readonly failure: Failure | null;
}

/** An exchange is one request over the wire, to one candidate. What is told of an answer is told of the one under way. */
export type RequestEvent =
  /** The first sign of an answer. */
  | { readonly type: 'answer.begun'; readonly atMs: number }
  /** The answer is whole. */
  | { readonly type: 'answer.ended'; readonly atMs: number }
  | AnswerFailed
  /** Nothing was sent: its breaker is open, or another's probe is under way. */
  | {
      readonly type: 'exchange.barred';
      readonly atMs: number;
      /** 0 where the time is not known. */
      readonly openUntilMs: number;
    }
  | {
      readonly type: 'breaker.moved';
      readonly candidate: number;
      readonly untilMs: number;
      readonly atMs: number;
    }
  | { readonly type: 'request.cancel' };

/** None came, or it broke off. */
export interface AnswerFailed {
  readonly type: 'answer.failed';
  readonly failure: Failure;
  readonly atMs: number;
  /** Chance for the jitter, in [0, 1). */
  readonly unit: number;
  /** How long the retry budget makes us wait at the least. Default 0. */
  readonly holdMs?: number;
  /** Whether what was told of the answer until then allows to ask for it again. */
  readonly canResume: boolean;
}

export interface ExchangeInput {
  readonly candidate: number;
  readonly atMs: number;
  /** Nobody else could answer: its breaker does not bar it. */
  readonly isAlone: boolean;
}

/** The chart's final states. */
export type RequestOutcome = 'answered' | 'refused' | 'givenUp' | 'cancelled';

export interface RequestOutput {
  readonly outcome: RequestOutcome;
  /** Who was asked last. */
  readonly candidate: number;
  /** The newest; null where none of this request failed. */
  readonly failure: Failure | null;
  /** Requests that followed a failure, since somebody answered. */
  readonly attempts: number;
  readonly memory: RequestMemory;
}

export type RequestSignal =
  | Extract<
      ConnectionSignal,
      { type: 'connection.reconnecting' | 'connection.reconnected' | 'connection.failed' }
    >
  | Extract<OrchestratorSignal, { type: 'candidate.changed' }>;
