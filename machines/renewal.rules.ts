/** When a new credential is asked for: total functions, so that no delay can throw. */
import { LONGEST_TIMER_MS } from './backoff.ts';
import type { CredentialTerm } from './renewal.types.ts';

/** So long before its end a new one is asked for, or when half of its time has passed (PROTOCOL.md, P12.11). */
const LEAD_MS = 60_000;

/** Whoever is asked may have the old one still: not more often than this. */
const LEAST_MS = 1_000;

/** After it did not come. */
export const ASK_AGAIN_MS = 5_000;

/** A credential that takes longer counts as one that did not come, as on a dial. */
export const ANSWER_WITHIN_MS = 10_000;

/** When the next is asked for, from the moment at which the service said how long it believes this one. */
export function dueInMs({ endsInMs }: CredentialTerm): number {
  const leadMs = Math.min(LEAD_MS, endsInMs / 2);
  return Math.min(LONGEST_TIMER_MS, Math.max(LEAST_MS, endsInMs - leadMs));
}
