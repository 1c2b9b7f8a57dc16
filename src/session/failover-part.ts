/** What the part `failover` is to the session that has it. */
import type { Decider, DeciderHandlers } from './decider.types.ts';
import type { ResolvedOptions } from './options.ts';
import { partOf } from './parts.ts';
import type { SessionPart } from './parts.ts';
import type { Dealing, Owner } from './reporter.ts';
import type { Wiring } from './wiring.ts';

export interface FailoverPart extends SessionPart {
  startDecider(options: ResolvedOptions, wiring: Wiring, handlers: DeciderHandlers): Decider;
  /** What a session with this part has to do with others. */
  deals(options: ResolvedOptions, owner: () => Owner | null): Dealing | null;
}

export function failoverOf({ parts }: ResolvedOptions): FailoverPart | null {
  return partOf(parts, 'failover') as FailoverPart | null;
}
