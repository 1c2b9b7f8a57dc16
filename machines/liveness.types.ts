/** What liveness is told and what it remembers. */

/** One look at the link, taken on a steady pulse. */
export interface LinkMeasured {
  readonly type: 'link.measured';
  readonly atMs: number;
  /** When the last byte came, of whatever kind. */
  readonly lastInboundAtMs: number;
  /** Round-trip time of the newest answered probe; null before the first. */
  readonly rttMs: number | null;
  /** Audio goes out, or an answer about it is awaited: silence means more now. */
  readonly isAudioFlowing: boolean;
  /** How late this look is. A late look says that we were asleep or busy, and nothing about the network. */
  readonly lateByMs: number;
  /** For the chart that has to act on a dead link. */
  readonly bufferedChunks: number;
  readonly unit: number;
}

export interface LivenessInput {
  /** Without probes only the server's own chatter shows life, so patience is longer. */
  readonly canProbe: boolean;
  /** What earlier looks learned of the round-trip time. Default: nothing. */
  readonly rtt?: RttEstimate | null;
}

/** Smoothed round-trip time and its variation (RFC 6298, section 2). */
export interface RttEstimate {
  readonly srttMs: number;
  readonly rttvarMs: number;
}

export interface LivenessContext {
  readonly canProbe: boolean;
  /** Null before the first sample. */
  readonly srttMs: number | null;
  readonly rttvarMs: number;
  readonly newestRttMs: number | null;
  /** The last sign of life, or the end of a time in which we could not have seen one. */
  readonly aliveAtMs: number;
  readonly probedAtMs: number;
  readonly suspectedAtMs: number;
  readonly hedgedAtMs: number;
}
