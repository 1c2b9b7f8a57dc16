/** What the part `rehearsal` is to the session that has it. */
import type { ResolvedOptions } from './options.ts';
import { missing, partOf } from './parts.ts';
import type { SessionPart } from './parts.ts';
import type { Rehearsal } from './rehearsal.ts';

export interface RehearsalPart extends SessionPart {
  begin(): Rehearsal;
}

/** @throws TenutoError OPTION_INVALID where the session was not given the part. */
export function rehearsalOf({ parts }: Pick<ResolvedOptions, 'parts'>): Rehearsal {
  const part = partOf(parts, 'rehearsal') as RehearsalPart | null;
  if (part === null) throw missing('rehearsal', 'simulateFailure');
  return part.begin();
}
