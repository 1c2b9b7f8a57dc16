/** What the part `failover` is to the session that has it. */
import type { Decider, DeciderHandlers } from './decider.types.ts';
import type { ResolvedOptions } from './options.ts';
import { partOf } from './parts.ts';
import type { SessionPart } from './parts.ts';
import type { Wiring } from './wiring.ts';

export interface FailoverPart extends SessionPart {
  startDecider(options: ResolvedOptions, wiring: Wiring, handlers: DeciderHandlers): Decider;
}

export function failoverOf({ parts }: ResolvedOptions): FailoverPart | null {
  return partOf(parts, 'failover') as FailoverPart | null;
}
