/**
 * Of services that tell nothing of silence: how much of what was sent has arrived so long ago that it would have been told
 * of, had it been speech. Only a proof counts: an answer to a ping, or a word of the service's.
 */
import type { OpenFlushes } from './open-flushes.ts';
import type { Pings } from './pings.ts';
import type { Rates } from './rates.ts';
import type { ProviderTraits } from '../providers/contract.ts';

export interface SilenceFacts {
  readonly pings: Pings;
  readonly flushes: OpenFlushes;
  readonly lastInboundAtMs: number;
  readonly nowMs: number;
  /** When what came was said nobody knows: a ping that is answered tells, and all else later. */
  readonly isLate: boolean;
  /** A final of all that was sent was asked for, and did not come in its time. */
  readonly isAll: boolean;
}

interface Arrived {
  /** In samples of the service's; null where nothing is known that was not known before. */
  readonly through: number | null;
  /** It is worth asking the service for a sign of life. */
  readonly needsProof: boolean;
}

export function arrivedThrough(rates: Rates, traits: ProviderTraits, facts: SilenceFacts): Arrived {
  const { pings, flushes, lastInboundAtMs, nowMs, isLate, isAll } = facts;
  if (isLate) return { through: null, needsProof: !pings.isWaiting };
  const { answersPings, flushTimeoutMs } = traits;
  const proof = answersPings ? pings.proof : { sentAtMs: lastInboundAtMs, atMs: lastInboundAtMs };
  const settled = proof === null ? null : rates.settledSilence(proof);
  const askedAtMs = flushes.askedAtMs ?? nowMs - flushTimeoutMs;
  const isProven = proof !== null && proof.sentAtMs >= askedAtMs;

  return {
    through: isAll && isProven ? rates.sentSamples : settled,
    needsProof: !pings.isWaiting && (isAll ? !isProven : rates.needsProof(nowMs)),
  };
}
