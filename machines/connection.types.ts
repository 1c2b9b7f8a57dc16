/** What the connection chart is told, what it remembers, and what it tells. */
import type { ReconnectPolicy } from './backoff.ts';
import type { Failure } from './failure.ts';
import type { LinkMeasured, RttEstimate } from './liveness.types.ts';

export type ConnectionComponent = 'realtime' | 'stt' | 'tts' | 'gateway' | 'peer';

/** Why a socket is dialled: it decides how the credential is asked for. */
type DialReason = 'connect' | 'reconnect' | 'refused';

export interface ConnectionInput {
  readonly component: ConnectionComponent;
  readonly policy: ReconnectPolicy;
  /** Whether asking again can bring another credential. Default false. */
  readonly refreshesCredential?: boolean;
  /** Whether a probe can be answered: a protocol ping on Node, nothing in a browser. Default true. */
  readonly canProbe?: boolean;
}

/** What stands in every fact about a loss, since a chart can ask nobody. */
interface LossFacts {
  readonly failure: Failure;
  readonly atMs: number;
  /** Chunks in the ring at that moment. */
  readonly bufferedChunks: number;
  /** Chance for the jitter, in [0, 1). */
  readonly unit: number;
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
  | { readonly type: 'socket.configured'; readonly id: number; readonly atMs: number }
  | SocketLost
  /** The first real event of the server on this socket: "open" alone is not success. */
  | { readonly type: 'server.answered'; readonly id: number; readonly atMs: number }
  /** The first result on this socket that let audio leave the ring. */
  | { readonly type: 'result.committed'; readonly id: number; readonly atMs: number }
  | { readonly type: 'link.suspected'; readonly atMs: number; readonly silentForMs: number }
  | { readonly type: 'link.recovered'; readonly atMs: number }
  /** The probe was answered: there is nothing to watch any more. */
  | { readonly type: 'link.answered'; readonly atMs: number; readonly rtt: RttEstimate | null }
  | LinkDied
  | { readonly type: 'network.lost'; readonly atMs: number }
  | {
      readonly type: 'network.restored';
      readonly atMs: number;
      readonly bufferedChunks: number;
    }
  /** What the link looks like just now; liveness judges it. */
  | LinkMeasured
  /** Liveness wants a sign of life. */
  | { readonly type: 'link.probe' };

export interface Outage {
  /** When the newest break began. */
  readonly sinceMs: number;
  /** Time without a link in the breaks before it: one outage can have several. */
  readonly downtimeMs: number;
  readonly cause: Failure;
  /** The dials that it took. */
  readonly attempts: number;
}

export interface RestoreResult {
  /** The server still knew the session. */
  readonly resumed: boolean;
  readonly toolCallsCarried: number;
}

export interface ReplayResult {
  readonly replayedChunks: number;
  readonly audioReplayedMs: number;
  readonly audioLostMs: number;
  readonly duplicatesDropped: number;
}

export interface ConnectionContext extends Required<ConnectionInput> {
  /** Dials since the last healthy spell. */
  readonly attempts: number;
  /** Number of the newest socket; every dial takes the next. */
  readonly lastSocketId: number;
  readonly socketId: number;
  /** The socket dialled beside a silent one. */
  readonly hedgeId: number | null;
  readonly dialReason: DialReason;
  readonly waitMs: number;
  readonly isOnline: boolean;
  readonly hasBeenConnected: boolean;
  readonly connectedAtMs: number | null;
  readonly answeredAtMs: number | null;
  /** The last sign of life of a link under suspicion. */
  readonly silentSinceMs: number | null;
  /** A liveness actor watches the link: only while it is quiet, since an actor weighs more than a socket. */
  readonly isWatched: boolean;
  readonly rtt: RttEstimate | null;
  /** Since when no spell was healthy; null while all is well. */
  readonly unhealthySinceMs: number | null;
  readonly credentialRefreshed: boolean;
  readonly outage: Outage | null;
  readonly restore: RestoreResult;
  readonly failure: Failure | null;
}

export type ConnectionSignal =
  | {
      readonly type: 'connection.reconnecting';
      readonly attempt: number;
      readonly maxAttempts: number;
      readonly backoffDelayMs: number;
      readonly component: ConnectionComponent;
      readonly bufferedAudioChunks: number;
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
  /** The link is silent; a second socket is dialled beside it. */
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

/** What the chart asks of a socket actor. */
export interface SocketCommand {
  readonly type: 'socket.probe';
}

export interface SocketInput {
  readonly id: number;
  readonly reason: DialReason;
}

export interface WaitInput {
  readonly waitMs: number;
}
