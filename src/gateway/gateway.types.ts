/** What a gateway is made of. */
import type { AdmissionLimits } from './admission/limits.ts';
import type { App } from './app.ts';
import type { OnAppError } from './app-error.ts';
import type { OnAudit } from './audit.ts';
import type { Verify } from './auth/principal.ts';
import type { OnStep } from './chart-step.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { LogStore } from '../ports/log-store.ts';
import type { Random } from '../ports/random.ts';
import type { Secrets } from '../ports/secrets.ts';

export interface GatewayOptions {
  readonly store: LogStore;
  /** By the name that a client asks for; `speech` where it asks for none. */
  readonly apps: ReadonlyMap<string, App>;
  /**
   * Who a bearer was issued to; without a bearer nobody is let in. Null: everybody is let in, as one and the same, which is
   * right only where nobody else can come.
   */
  readonly verify: Verify | null;
  /** What one client, principal or network may take. Defaults in admission/limits.ts; without `verify` there are few. */
  readonly limits?: Partial<AdmissionLimits>;
  /** Told of whoever tries what is not theirs. What it throws is of no consequence. */
  readonly onAudit?: OnAudit;
  /**
   * Told of all that apps throw, as it was thrown: its message may quote what a client said, so the logger is not told it.
   * Default: nobody is told.
   */
  readonly onAppError?: OnAppError;
  /**
   * Told of each change of state of the gateway's chart and of its sessions' leases. What it throws is of no consequence.
   * Default: nobody is told.
   */
  readonly onStep?: OnStep;
  /** How long a session outlives its client. Default 120,000 ms. */
  readonly graceMs?: number;
  readonly clock?: Clock;
  readonly wallClock?: WallClock;
  readonly random?: Random;
  /**
   * Where session ids and resume tokens come from. Only for tests: whoever can foretell them can take sessions over. Default:
   * the platform's.
   */
  readonly secrets?: Secrets;
  readonly logger?: Logger;
}
