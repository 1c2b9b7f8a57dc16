/** What a stand-in for Gemini can be made to do. */
import type { Random } from '../../ports/random.ts';
import { LIVE_CLOSES } from './wire.ts';
import type { LiveClose, LiveCloseName } from './wire.ts';

export interface GeminiFaults {
  /** How long a connection lives until `goAway`; null for ever. Default 540,000, as measured. */
  readonly goAwayAfterMs?: number | null;
  /** How long after `goAway` it ends, with 1008. Default 50,000, as measured. */
  readonly goAwayLeadMs?: number;
  /** Whether `goAway` names the time that is left. Default true. */
  readonly goAwayNamesTime?: boolean;
  /** Whether it is silent after `goAway`. Default false. */
  readonly isSilentAfterGoAway?: boolean;
  /** JSON in binary frames. Default false. */
  readonly sendsBytes?: boolean;
  /** Several members, or fields, in one frame. Default false. */
  readonly mergesMembers?: boolean;
  /** How often unknown and empty things come along, 0 to 1. Default 0. */
  readonly noiseRatio?: number;
  readonly random?: Random;
  /** Handles also for who did not ask. Default false. */
  readonly offersHandlesUnasked?: boolean;
  /** How long a handle is good for. Default 2 h. */
  readonly handleTtlMs?: number;
  /** Default `both`. */
  readonly endsAnswersWith?: 'both' | 'generationComplete' | 'turnComplete';
  /** From the start on, as `spendQuota` does it later. Default false. */
  readonly isQuotaSpent?: boolean;
  /** How a wrong key is refused. Default `http`: with 400. */
  readonly refusesKeysBy?: 'http' | 'badKey' | 'badKeyAsArgument';
}

/** A close by its name in `LIVE_CLOSES`, or any other. */
export type CloseLike = LiveCloseName | LiveClose;

export function closeOf(close: CloseLike): LiveClose {
  return typeof close === 'string' ? LIVE_CLOSES[close] : close;
}

/** Until a session with spent quota is closed: after its setup, and after a frame of a running one. Both measured. */
export const QUOTA_CLOSE_MS = { afterSetup: 800, afterFrame: 100 } as const;
