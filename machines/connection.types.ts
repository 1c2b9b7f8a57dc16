/** What the connection chart is told, what it remembers, and what it tells. */
import type { LinkPolicy } from './backoff.ts';
import type { Outage } from './connection.owner.ts';
import type { PeerFact, SocketConfigured } from './connection.peer.ts';
import type { Failure } from './failure.ts';
import type { LinkMeasured, LivenessLimits, RttEstimate } from './liveness.types.ts';

export type ConnectionComponent = 'realtime' | 'stt' | 'tts' | 'llm' | 'gateway' | 'peer';

/** Why a socket is dialled: it decides how the credential is asked for. */
type DialReason = 'connect' | 'reconnect' | 'refused';

export interface ConnectionInput {
  readonly component: ConnectionComponent;
  readonly policy: LinkPolicy;
  /** Whether asking again can bring another credential. Default false. */
  readonly refreshesCredential?: boolean;
  /** Whether a probe can be answered: a protocol ping on Node, nothing in a browser. Default true. */
  readonly canProbe?: boolean;
  /** Whether the service allows a second socket beside a silent one. Default true. */
  readonly hedges?: boolean;
  /** Where the service needs more patience than measurement would give it. Default none. */
  readonly limits?: LivenessLimits;
  /** `standby`: configured and kept alive, but without audio until `carrier.chosen`. Default `carrier`. */
  readonly role?: 'carrier' | 'standby';
  /** Which of its owner's connections this is. Default 0: it has no owner. */
  readonly lane?: number;
  /** Which of its owner's candidates it dials. Default 0. */
  readonly candidate?: number;
  /** The break that another connection left behind, and that this one is to end. Default none. */
  readonly outage?: Outage | null;
  /** It stood in another process, and its session is kept at the other end. Default false. */
  readonly hasBeenConnected?: boolean;
}

/** What stands in every fact about a loss, since a chart can ask nobody. */
interface LossFacts {
  readonly failure: Failure;
  readonly atMs: number;
  /** Chunks in the ring at that moment. */
  readonly bufferedChunks: number;
  /** Chance for the jitter, in [0, 1). */
  readonly unit: number;
  /** How long the retry budget makes us wait at the least. Default 0. */
  readonly holdMs?: number;
}

interface SocketLost extends LossFacts {
  readonly type: 'socket.lost';
  readonly id: number;
}

interface LinkDied extends Omit<LossFacts, 'failure'> {
  readonly type: 'link.died';
  readonly silentForMs: number;
}

export type ConnectionEvent =
  | { readonly type: 'session.connect' }
  | { readonly type: 'session.close' }
  | { readonly type: 'socket.opened'; readonly id: number; readonly atMs: number }
  | SocketConfigured
  | PeerFact
  | SocketLost
  /** The first real event of the server on this socket: "open" alone is not success. */
  | { readonly type: 'server.answered'; readonly id: number; readonly atMs: number }
  /** The first result on this socket that let audio leave the ring. */
  | { readonly type: 'result.committed'; readonly id: number; readonly atMs: number }
  | { readonly type: 'link.suspected'; readonly atMs: number; readonly silentForMs: number }
  | { readonly type: 'link.recovered'; readonly atMs: number; readonly rtt: RttEstimate | null }
  /** The probe was answered: there is nothing to watch any more. */
  | { readonly type: 'link.answered'; readonly atMs: number; readonly rtt: RttEstimate | null }
  | LinkDied
  /** The end is known beforehand: let go and dial anew, in a moment that suits. */
  | { readonly type: 'session.rotate'; readonly atMs: number }
  /** A standby is to carry the audio from now on. */
  | { readonly type: 'carrier.chosen'; readonly atMs: number; readonly outage: Outage | null }
  | NetworkEvent
  /** What the link looks like just now; liveness judges it. */
  | LinkMeasured
  /** Liveness wants a sign of life. */
  | { readonly type: 'link.probe' }
  /** It is time to dial beside a link that ends. */
  | { readonly type: 'move.due'; readonly atMs: number };

export type NetworkEvent =
  | { readonly type: 'network.lost'; readonly atMs: number }
  | {
      readonly type: 'network.restored';
      readonly atMs: number;
      /** Chance, so that a thousand clients of one network do not dial at once. */
      readonly unit: number;
      /** The attempts count anew; at most once in 5 s. */
      readonly resetsAttempts: boolean;
    }
  /** Another network, or we slept: what stands may not stand any more. */
  | { readonly type: 'network.changed'; readonly atMs: number; readonly unit: number };

export interface RestoreResult {
  /** The server still knew the session. */
  readonly resumed: boolean;
  readonly toolCallsCarried: number;
  readonly atMs: number;
}

export interface ReplayResult {
  readonly replayedChunks: number;
  readonly audioReplayedMs: number;
  readonly audioLostMs: number;
  readonly duplicatesDropped: number;
}

export interface HedgePause {
  readonly atMs: number;
  readonly ms: number;
}

export interface ConnectionContext extends Required<ConnectionInput> {
  readonly outage: Outage | null;
  /** Dials since the last healthy spell. */
  readonly attempts: number;
  /** Those of them that were made at a steady pace: waits grow from there. */
  readonly pressedAttempts: number;
  /** Number of the newest socket; every dial takes the next. */
  readonly lastSocketId: number;
  readonly socketId: number;
  /** The socket dialled beside one that is silent, or that ends. */
  readonly hedgeId: number | null;
  /** A second socket was refused for good: while this link stands, no other is dialled. */
  readonly isHedgeRefused: boolean;
  /** Until when no second socket is dialled beside a silent link, since the last one was of no use. */
  readonly hedgePause: HedgePause | null;
  /** The other end has named the link's end. */
  readonly isLeaving: boolean;
  readonly dialReason: DialReason;
  readonly waitMs: number;
  readonly isOnline: boolean;
  readonly connectedAtMs: number | null;
  readonly answeredAtMs: number | null;
  /** The last sign of life of a link under suspicion. */
  readonly silentSinceMs: number | null;
  /** The standstill of which the application was told last. */
  readonly stalledSinceMs: number | null;
  /** A liveness actor watches the link: only while it is quiet, since an actor weighs more than a socket. */
  readonly isWatched: boolean;
  readonly rtt: RttEstimate | null;
  /** Since when no spell was healthy; null while all is well. */
  readonly unhealthySinceMs: number | null;
  readonly credentialRefreshed: boolean;
  readonly restore: RestoreResult;
  readonly failure: Failure | null;
  /** The newest moment of a loss; what comes after it is no part of it. */
  readonly lostAtMs: number;
  /** What was lost had never been configured. */
  readonly lostDial: boolean;
}

export type ConnectionSignal =
  | {
      readonly type: 'connection.reconnecting';
      /** Counted from 1; none is forgotten until a healthy spell or a result. */
      readonly attempt: number;
      /**
       * After so many it is given up. Infinity, which JSON writes as null, where no count ends it: then a time does
       * (`persistsForMs`), or, of requests, each question that is asked anew has attempts of its own.
       */
      readonly maxAttempts: number;
      /** For how much longer it is tried whatever the count (`reconnect.persistMs`); 0 where the count alone rules. */
      readonly persistsForMs: number;
      readonly backoffDelayMs: number;
      readonly component: ConnectionComponent;
      readonly bufferedAudioChunks: number;
      /** What the link, or the dial before this one, was lost for. */
      readonly cause: Failure;
    }
  | {
      readonly type: 'connection.reconnected';
      readonly attempts: number;
      readonly component: ConnectionComponent;
      readonly outcome: 'resumed' | 'replayed' | 'restarted';
      readonly downtimeMs: number;
      readonly audioReplayedMs: number;
      readonly audioLostMs: number;
      readonly duplicatesDropped: number;
      readonly toolCallsCarried: number;
      readonly cause: Failure;
    }
  | {
      readonly type: 'connection.failed';
      readonly attempts: number;
      readonly reason: string;
      readonly component: ConnectionComponent;
      readonly failure: Failure;
    }
  /**
   * The link is silent. A second socket is dialled beside it, where the service allows one (`hedges` in its traits),
   * attempts are left and the last one was not in vain a moment ago; else it is waited for until it speaks again, or is dead.
   */
  | {
      readonly type: 'connection.suspected';
      readonly silentForMs: number;
      readonly component: ConnectionComponent;
    }
  /** The silent link spoke again; the second socket is let go. */
  | { readonly type: 'connection.recovered'; readonly component: ConnectionComponent };

/** The chart's top states, which are also the session's public status. */
export type ConnectionStatus =
  'idle' | 'connecting' | 'connected' | 'active' | 'reconnecting' | 'error' | 'disconnected';

/** What the chart asks of a socket actor. One that it abandons tells its loss as any other. */
export type SocketCommand =
  | { readonly type: 'socket.probe' }
  | { readonly type: 'socket.abandon' | 'socket.warn'; readonly failure: Failure };

export interface SocketInput {
  readonly lane: number;
  readonly candidate: number;
  readonly id: number;
  readonly reason: DialReason;
  /** After a link that fell silent: another dial is made beside one that hangs, this often, until one opens. Null: none is. */
  readonly redialEveryMs: number | null;
  /** It is to follow the one beside which it is dialled, also while that one speaks: its service goes. */
  readonly isMove: boolean;
}

export interface WaitInput {
  readonly waitMs: number;
}
