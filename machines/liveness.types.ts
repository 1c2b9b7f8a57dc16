/** What liveness is told and what it remembers. */

/** One look at the link, taken on a steady pulse. */
export interface LinkMeasured {
  readonly type: 'link.measured';
  readonly atMs: number;
  /** When the last byte came, of whatever kind. */
  readonly lastInboundAtMs: number;
  /** Round-trip time of the newest answered probe; null before the first. */
  readonly rttMs: number | null;
  /** When that answer came. Absent where it is not told: then a trip as long as the last one may be the last one. */
  readonly rttAtMs?: number | undefined;
  /** Audio goes out, or an answer about it is awaited: silence means more now. */
  readonly isAudioFlowing: boolean;
  /** How late this look is. A late look says that we were asleep or busy, and nothing about the network. */
  readonly lateByMs: number;
  /** For the chart that has to act on a dead link. */
  readonly bufferedChunks: number;
  readonly unit: number;
}

/** The link may have died unseen: the network changed, or the machine woke. */
export interface LinkChallenged {
  readonly type: 'link.challenged';
  readonly atMs: number;
}

export type LivenessState = 'fresh' | 'probing' | 'suspect' | 'dead';

export type LivenessEvent = LinkMeasured | LinkChallenged;

/** What is known of one service's slowness. These win over every limit of the chart's own. */
export interface LivenessLimits {
  /** Shorter silence is never suspected, and to look a tenth of it late excuses none. Default: 400 ms while audio flows, 1,000 ms while idle. */
  readonly suspectAtLeastMs?: number;
  /**
   * It answers each probe at once, and says itself every 170 ms that audio came in: while audio flows it is asked after 190 ms
   * of quiet, and suspected after 250 ms, or a round trip and 150 ms. `suspectAtLeastMs` wins. Default false.
   */
  readonly isPrompt?: boolean;
  /** A probe that is unanswered for less is never death. Default 6,000 ms, and 15,000 ms without probes. */
  readonly deadAtLeastMs?: number;
}

export interface LivenessInput {
  /** Without probes only the server's own chatter shows life, so patience is longer. */
  readonly canProbe: boolean;
  /** What earlier looks learned of the round-trip time. Default: nothing. */
  readonly rtt?: RttEstimate | null;
  /** Default: none but those of all services. */
  readonly limits?: LivenessLimits;
}

/** Smoothed round-trip time and its variation (RFC 6298, section 2). */
export interface RttEstimate {
  readonly srttMs: number;
  readonly rttvarMs: number;
  /** Round trips that it was learned from: a few are needed before it is relied on. */
  readonly samples: number;
  /** The newest of them. */
  readonly newestMs: number;
}

export interface LivenessContext {
  readonly canProbe: boolean;
  readonly limits: LivenessLimits;
  /** Null before the first sample. */
  readonly rtt: RttEstimate | null;
  /** When the byte came with which the newest round trip was learned. */
  readonly learnedAtMs: number;
  /** The last sign of life, or the end of a time in which we could not have seen one. */
  readonly aliveAtMs: number;
  readonly probedAtMs: number;
  /** The probe asks whether the link outlived a change of the network: being late is no answer. */
  readonly isChallenged: boolean;
  readonly suspectedAtMs: number;
  readonly hedgedAtMs: number;
}
