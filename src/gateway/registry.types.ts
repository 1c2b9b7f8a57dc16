/** What a registry is made of, and what it hands out. */
import type { Admission } from './admission/admission.ts';
import type { App } from './app.ts';
import type { OnAppError } from './app-error.ts';
import type { Audit } from './audit.ts';
import type { Counters } from './counters.ts';
import type { Lease } from './lease.ts';
import type { GatewaySession } from './session.ts';
import type { TagOf } from './session-tag.ts';
import type { LeaseRelease } from '../../machines/lease.types.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { LogStore } from '../ports/log-store.ts';
import type { Secrets } from '../ports/secrets.ts';

export interface RegistryOptions {
  readonly store: LogStore;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly secrets: Secrets;
  readonly tagOf: TagOf;
  readonly apps: ReadonlyMap<string, App>;
  readonly createLease: (sessionId: string) => Lease;
  readonly admission: Admission;
  readonly audit: Audit;
  readonly counters: Counters;
  readonly logger: Logger;
  readonly onAppError: OnAppError | null;
  /** A session is not here any more. */
  readonly onGone: (session: GatewaySession, why: LeaseRelease) => void;
}

export interface Attached {
  readonly kind: 'attached';
  readonly session: GatewaySession;
  /** Of the fence that was written for this client. */
  readonly epoch: number;
  /** For the next time. */
  readonly token: string;
  readonly isResumed: boolean;
}
