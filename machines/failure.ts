/**
 * What went wrong, as a value, and what to do about it, as one table.
 *
 * Providers make a `Failure` of a close code, an HTTP status or an error frame; the chart asks `remedyFor`.
 */
export type FailureKind =
  /** The end was announced: a rotation, a drain, a session that reached its known length. */
  | 'planned'
  /** The network or the server failed in a way that passes. */
  | 'transient'
  /** The handle to resume with is no longer known there. */
  | 'staleHandle'
  /** Too much, too fast: the server said when to come back, or 60 s. */
  | 'rateLimited'
  /** Out of credit, or a limit that only a person can raise. */
  | 'quota'
  /** The credential was refused. */
  | 'auth'
  /** The request itself is wrong: the same request will fail again. */
  | 'config'
  /** One request failed; the link is fine. */
  | 'perRequest';

export interface Failure {
  readonly kind: FailureKind;
  /** Close code, HTTP status or the platform's error code, as text: `1011`, `http 503`, `ECONNREFUSED`. */
  readonly code: string;
  /** What the other end said, for a person; never a credential. */
  readonly detail: string;
  /** The server's hint when to come back. */
  readonly retryAfterMs?: number;
  /** What a person can do about it, where that is known better than by the kind. */
  readonly remediation?: string;
  /** Nothing failed: something is not as it should be. */
  readonly isWarning?: true;
}

/** Where a chart is told of none; none that runs over a link is. */
export const UNKNOWN_FAILURE: Failure = { kind: 'transient', code: 'unknown', detail: '' };

export type Remedy =
  /** Dial again at once. */
  | 'redial'
  /** Wait by the backoff envelope, then dial. */
  | 'backOff'
  /** Wait for the hinted time (60 s without a hint), then dial. */
  | 'waitForRateLimit'
  /** Ask for a new credential once, then dial; the second refusal in a row is fatal. */
  | 'refreshCredential'
  /** Forget the handle, then dial for a fresh session. */
  | 'dropHandle'
  /** Never dial again with this request. */
  | 'giveUp'
  /** Tell the caller; the link stays. */
  | 'report';

const REMEDIES: Readonly<Record<FailureKind, Remedy>> = {
  planned: 'redial',
  transient: 'backOff',
  staleHandle: 'dropHandle',
  rateLimited: 'waitForRateLimit',
  quota: 'giveUp',
  auth: 'refreshCredential',
  config: 'giveUp',
  perRequest: 'report',
};

export function remedyFor(failure: Failure): Remedy {
  return REMEDIES[failure.kind];
}
