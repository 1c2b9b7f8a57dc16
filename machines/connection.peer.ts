/** Who the other end is, where that is found out only when it answers; how it looks where it does not; and when it goes. */
import type { LinkPolicy } from './backoff.ts';
import type { LivenessLimits } from './liveness.types.ts';

/** What goes for one kind of other end and not for another. */
export interface FoundPeer {
  readonly policy: LinkPolicy;
  readonly limits: LivenessLimits;
}

/** The other end is ready. */
export interface SocketConfigured {
  readonly type: 'socket.configured';
  readonly id: number;
  readonly atMs: number;
  /** It goes from now on. Absent where it was known before. */
  readonly found?: FoundPeer;
}

/** How a socket looks that has opened, and was asked for something: the other end is not ready yet. */
export interface SocketUnanswered {
  readonly type: 'socket.unanswered';
  readonly id: number;
  readonly atMs: number;
  readonly madeAtMs: number;
  readonly openedAtMs: number;
  /** It was dialled several times over: how long the one that opened took is not known. */
  readonly isRaced: boolean;
  /** It was pinged with its greeting, and not even that was answered. */
  readonly isPingUnanswered: boolean;
  /** So long the other end may take. */
  readonly withinMs: number;
}

/** How a link looks that lives, and has something in flight of which the other end keeps nothing. */
export interface LinkStalled {
  readonly type: 'link.stalled';
  readonly id: number;
  readonly atMs: number;
  /** Since when, by the clock of whoever tells it: it tells one standstill from another. */
  readonly sinceMs: number;
  readonly forMs: number;
}

/** The other end says when it ends the link. Until then it serves as before. */
export interface LinkEnding {
  readonly type: 'link.ending';
  readonly id: number;
  readonly atMs: number;
  readonly inMs: number;
  /** Chance, in [0, 1), so that not all who are told leave at once. */
  readonly unit: number;
}

/** Whoever tells them measures; what follows, the chart decides. */
export type PeerFact = SocketUnanswered | LinkStalled | LinkEnding;
