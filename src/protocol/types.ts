/** The frames of `tenuto.v1`, as values. Their bytes are described in PROTOCOL.md, and made and read in frames.ts. */

/** What a data frame carries. `text` and `binary` are an application's own messages. */
export type Codec = 'pcm_s16le' | 'opus' | 'json' | 'binary' | 'text';

/** Why a range will never arrive. */
export type GapCause =
  | 'ringOverflow'
  | 'capturePaused'
  | 'clientRestarted'
  | 'storeLoss'
  | 'graceExpired'
  | 'overQuota'
  | 'source';

export interface DataFrame {
  readonly type: 'data';
  /** 0 for events and messages, 1 for the microphone. */
  readonly channel: number;
  readonly epoch: number;
  /** From 1, in each direction. */
  readonly seq: number;
  /** Index of the first sample; of what is no audio, the samples captured before it. */
  readonly position: number;
  /** By the sender's monotonic clock, since the session's anchor. */
  readonly capturedAtMs: number;
  readonly codec: Codec;
  readonly isEndOfStream: boolean;
  /** The device left samples out before this one: nothing was captured, so nothing was lost. */
  readonly isDiscontinuity: boolean;
  /** It was sent before. Advisory. */
  readonly isRetransmission: boolean;
  readonly isSpeech: boolean;
  /** Of a decoded frame, a view into the bytes that came in. */
  readonly payload: Uint8Array;
}

/** Occupies the sequence numbers from `fromSeq` to `toSeq`. */
export interface GapFrame {
  readonly type: 'gap';
  readonly channel: number;
  readonly epoch: number;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly position: number;
  readonly samplesLost: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly cause: GapCause;
}

export interface SeqRange {
  readonly from: number;
  readonly to: number;
}

export interface AckFrame {
  readonly type: 'ack';
  readonly epoch: number;
  /** Everything up to here is in the log (of events from the gateway: was handled). */
  readonly committed: number;
  /** Absolute: nothing beyond may be sent yet. */
  readonly maxSeq: number;
  /** How long the newest of it waited for its commit. */
  readonly ackDelayMs: number;
  /** Received beyond `committed`; only on transports that reorder. */
  readonly ranges: readonly SeqRange[];
}

/** What both sides tell each other with every sign of life, so that the loss of a last frame shows. */
export interface Standing {
  readonly nonce: number;
  readonly epoch: number;
  /** In the sender's direction. */
  readonly lastSent: number;
  /** In the other direction: received without a hole, and committed or handled. */
  readonly received: number;
  readonly committed: number;
  readonly maxSeq: number;
  readonly sentAtMs: number;
}

export interface PingFrame extends Standing {
  readonly type: 'ping';
}

export interface PongFrame extends Standing {
  readonly type: 'pong';
  /** `sentAtMs` of the ping. */
  readonly echoMs: number;
}

/** Not numbered, not kept, and dropped where there is no room: an interim result. */
export interface HintFrame {
  readonly type: 'hint';
  readonly channel: number;
  readonly epoch: number;
  readonly ofSeq: number;
  readonly json: unknown;
}

export interface HelloFrame {
  readonly type: 'hello';
  readonly v: 1;
  readonly mode: 'new' | 'resume';
  /** The bearer token. */
  readonly auth?: string;
  /** 128 bits of chance, one for each process of the client. */
  readonly inst: string;
  /** Counts the dials of `inst`: one that was abandoned cannot take the session back. */
  readonly att: number;
  readonly sid?: string;
  readonly resume?: string;
  /** The newest epoch that the client knows. */
  readonly epoch: number;
  /** The oldest seq that it still holds, the next one it will send, the newest that was acknowledged. */
  readonly low: number;
  readonly next: number;
  readonly acked: number;
  /** The newest seq of the gateway's that it has, and the sample through which it has finals. */
  readonly rcv: number;
  readonly fin: number;
  /** When `capturedAtMs` was 0, in milliseconds since 1970. Display only. */
  readonly clock: { readonly wall: number; readonly mono: number };
  readonly audio: { readonly encoding: 'pcm_s16le' | 'opus'; readonly sampleRateHz: number };
  /** The gateway's application that is to serve the session. Default `speech`. */
  readonly app?: string;
  readonly caps: readonly string[];
  readonly client: string;
}

export interface WelcomeFrame {
  readonly type: 'welcome';
  readonly v: 1;
  readonly sid: string;
  readonly epoch: number;
  /** Names the log: another one is no continuation. */
  readonly lin: string;
  readonly resumed: boolean;
  /** Committed through here: the client sends on from the next. May be less than was acknowledged. */
  readonly up: number;
  /** Where what follows `up` begins, as a position of audio. Default: the client knows. */
  readonly position?: number;
  /** The first seq of the gateway's that follows. */
  readonly downFrom: number;
  readonly maxSeq: number;
  /** The token for the next attachment; the one that was used dies with the first frame that follows. */
  readonly resume: string;
  readonly graceMs: number;
  readonly retainMs: number;
  readonly maxFrame: number;
  readonly durability: 'memory' | 'fsync' | 'replicated' | 'fsync-quorum';
  readonly ping: { readonly idleMs: number; readonly deadMs: number };
  readonly caps: readonly string[];
  /** Where to dial next time, where that is not here. */
  readonly at?: string;
  /** The gateway's wall clock. */
  readonly now: number;
}

export interface RefusedFrame {
  readonly type: 'refused';
  /** A close code of close-codes.ts. */
  readonly code: number;
  readonly reason: string;
  readonly retryAfterMs?: number;
  /** Of a gateway that ends: addresses to be dialled instead. */
  readonly to?: readonly string[];
  /** Of a session that is over: through where it was committed. */
  readonly up?: number;
  /** Of a session in which everything was said, as in FIN_ACK. */
  readonly lastSeq?: number;
  /** `no-app`, `bad-audio`, `app-failed`; of others nothing is made. */
  readonly why?: string;
  /** Of a session that was given up: so many of those through `up` its application had not handled. */
  readonly unhandled?: number;
}

export interface GoAwayFrame {
  readonly type: 'goAway';
  readonly deadlineMs: number;
  /** Addresses that would take the session; empty: dial where you did. */
  readonly to: readonly string[];
  readonly reason: string;
}

/** A new bearer in mid-session. */
export interface AuthFrame {
  readonly type: 'auth';
  readonly auth: string;
}

export interface AuthOkFrame {
  readonly type: 'authOk';
  /** How long it will be good for; null where it does not expire. */
  readonly expiresInMs: number | null;
}

/** Nothing follows `lastSeq`. The gateway answers when all of it was handled. */
export interface FinFrame {
  readonly type: 'fin';
  readonly lastSeq: number;
}

export interface FinAckFrame {
  readonly type: 'finAck';
  readonly up: number;
  /** The gateway's last seq: the client has everything when it has this. */
  readonly lastSeq: number;
}

export type ControlFrame =
  | HelloFrame
  | WelcomeFrame
  | RefusedFrame
  | GoAwayFrame
  | AuthFrame
  | AuthOkFrame
  | FinFrame
  | FinAckFrame;

export type ProtocolFrame =
  DataFrame | GapFrame | AckFrame | PingFrame | PongFrame | HintFrame | ControlFrame;

/** What came in and is no frame: the socket is closed with this code. */
export interface Malformed {
  readonly type: 'malformed';
  readonly code: 4400 | 4413 | 4414;
  /** For a log: what is wrong, and nothing of what came in. */
  readonly what: string;
}

/** A frame of a newer peer that may be passed over. */
export interface Unknown {
  readonly type: 'unknown';
}
