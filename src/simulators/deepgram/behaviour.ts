/** How the services behave that differ between accounts, or that nobody documents. */
import type { SpeakLimits } from './speak-limits.ts';

export interface FluxBehaviour {
  /** The account may end turns; elsewhere `ForceEndTurn` is a message that is not understood. Default false. */
  readonly forceEndTurn?: boolean;
  /** After `CloseStream` it reports what was still on its way. Default true: who knows whether the real one does. */
  readonly reportsTail?: boolean;
}

export interface SpeakBehaviour extends SpeakLimits {
  /** Audio comes this many times as fast as it sounds. Default: at once. */
  readonly paceRatio?: number;
  /** A socket is closed after this long, whatever happens on it (NET-0003). Default 60 min. */
  readonly endsAfterMs?: number;
}
