/** What a session tells: the connection chart's own events, and what comes of the audio. */
import type { ConnectionSignal, ConnectionStatus } from '../../machines/connection.types.ts';
import type { OrchestratorSignal } from '../../machines/orchestrator.types.ts';
import type { ConversationItem } from '../ports/conversation.ts';
import type { TenutoError } from '../ports/errors.ts';
import type { Durability } from '../ports/log-store.ts';
import type { DropReason, Faculty } from '../providers/events.ts';

export interface TranscriptWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly confidence: number;
}

export interface TranscriptEvent {
  readonly type: 'transcript';
  readonly text: string;
  /** Final: it will not change, and its audio is delivered. Otherwise it restates all since the last final. */
  readonly isFinal: boolean;
  /** On the session's clock: milliseconds of captured audio, whatever was lost and replayed in between. */
  readonly startMs: number;
  readonly endMs: number;
  readonly words: readonly TranscriptWord[];
  /** The speaker paused after this. */
  readonly endsUtterance: boolean;
  readonly provider: string;
}

/**
 * A range that will never arrive. Ranges do not overlap; a long hole comes in pieces. Whether a service that keeps audio has what it
 * was sent last is known once the next connection stands: such a range may be told after later ones.
 */
export interface GapEvent {
  readonly type: 'gap';
  readonly fromMs: number;
  readonly toMs: number;
  readonly durationMs: number;
  readonly chunks: number;
  readonly reason: 'ringOverflow' | 'providerSkipped' | 'storeLoss';
}

export interface StateChangeEvent {
  readonly type: 'stateChange';
  readonly current: ConnectionStatus;
  readonly previous: ConnectionStatus;
  /** What the chart was told that made it change, such as `socket.lost`. */
  readonly reason: string;
}

/** The first audio on a new socket: it flows. */
export interface AudioFlowingEvent {
  readonly type: 'audio.flowing';
  /** Where in the captured audio the socket begins. */
  readonly fromMs: number;
  /** How much waits to be replayed at that moment. */
  readonly backlogMs: number;
}

/** A text that a recogniser told and that was most likely never spoken. */
export interface DroppedEvent {
  readonly type: 'transcript.dropped';
  readonly reason: DropReason;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** What happens in a conversation. `id` is an item's, the same over every socket and provider. */
export type TalkEvent =
  /** An item is there, or has changed. */
  | { readonly type: 'item'; readonly item: ConversationItem }
  /** An item that was under way is none: the socket was lost, and what was being said will be heard again, as another. */
  | { readonly type: 'item.removed'; readonly id: string }
  | { readonly type: 'reply.started' }
  | { readonly type: 'reply.text'; readonly id: string; readonly delta: string }
  | {
      readonly type: 'reply.ended';
      readonly status: 'completed' | 'interrupted' | 'failed' | 'incomplete';
    }
  /** What still waits to be played is not to be played. Null: nothing sounded. */
  | { readonly type: 'interrupted'; readonly id: string | null }
  /** Once for each call, whatever was lost in between. */
  | {
      readonly type: 'toolCall';
      readonly callId: string;
      readonly name: string;
      /** JSON, as the model wrote it. */
      readonly arguments: string;
    }
  | { readonly type: 'toolCall.cancelled'; readonly callIds: readonly string[] }
  /** All of a text given to `say` was spoken. */
  | { readonly type: 'spoken'; readonly id: string };

export type SessionEvent =
  | TalkEvent
  | DroppedEvent
  | ConnectionSignal
  | TranscriptEvent
  | GapEvent
  | StateChangeEvent
  | AudioFlowingEvent
  | { readonly type: 'speechStarted'; readonly atMs: number }
  | { readonly type: 'utteranceEnded'; readonly atMs: number }
  /** The session goes on without something: with less than was asked for, or with nobody to serve it. */
  | OrchestratorSignal
  /** Of a gateway: which provider serves behind it, and in which mode where something is missing. */
  | {
      readonly type: 'gateway.serving';
      readonly provider: string | null;
      readonly mode: string | null;
      readonly missing: readonly Faculty[];
    }
  /** Of a gateway, on each link: what its acknowledgements survive (PROTOCOL.md, P11.3), and whether it knew the session. */
  | {
      readonly type: 'gateway.attached';
      readonly durability: Durability;
      readonly resumed: boolean;
    }
  /** The gateway has lost the session; another one takes what is still held. Times of captured audio. */
  | {
      readonly type: 'gateway.sessionLost';
      /** It had acknowledged everything before. */
      readonly acknowledgedMs: number;
      /** It is sent again from here: the end of the last final. */
      readonly resentFromMs: number;
      /** As much after that is not held any more, and is a gap. */
      readonly gapMs: number;
    }
  /**
   * What was captured last is not kept beyond this process: `bytes` of it so far. The session goes on from memory, and it is
   * tried again. Once until `spool.recovered`, or another reason.
   */
  | {
      readonly type: 'spool.failed';
      readonly reason: 'quota' | 'unavailable';
      readonly bytes: number;
      readonly error: TenutoError;
    }
  /** All that is held is kept again. */
  | { readonly type: 'spool.recovered' }
  /** One request failed while the connection stands, or something is not as it should be: it is no end. */
  | { readonly type: 'warning'; readonly error: TenutoError }
  | { readonly type: 'error'; readonly error: TenutoError };

export type SessionEventType = SessionEvent['type'];

export type SessionEventOf<T extends SessionEventType> = Extract<SessionEvent, { type: T }>;

/** captured = delivered + gap + buffered, in chunks and in milliseconds. */
export interface SessionLedger {
  readonly captured: number;
  readonly delivered: number;
  readonly gap: number;
  readonly buffered: number;
  readonly capturedMs: number;
  readonly deliveredMs: number;
  readonly gapMs: number;
  readonly bufferedMs: number;
  /** Chunks that went out again on a later socket. */
  readonly replayed: number;
  readonly replayedMs: number;
  /** Results that told again what was told already, and were not passed on. */
  readonly duplicatesSuppressed: number;
}

export interface CloseOptions {
  /**
   * How long a standing link may take to deliver what is left. A service that keeps audio (a gateway) delivers it and tells all
   * that comes of it, through reconnections, until it has told nothing for so long. A goodbye of at most 3 s follows.
   * Default 5,000 ms; 0 closes at once.
   */
  readonly drainTimeoutMs?: number;
}

/**
 * What became of what a spool held. `emptied`: all that comes of the audio was told, and nothing is left behind. `kept`: it holds
 * what was not finished, all of it. `incomplete`: the last of it could not be stored, and ends with the process.
 */
export type SpoolOutcome = 'emptied' | 'kept' | 'incomplete';

export interface CloseResult {
  /** Everything that was captured is delivered or was reported as a gap. */
  readonly drained: boolean;
  /** And all that comes of it was told. A service that keeps audio may have had more to tell than there was time for. */
  readonly finished: boolean;
  /**
   * Of a gateway: what its acknowledgements survived, the least of it where it changed (PROTOCOL.md, P11.3). Null where no
   * service kept anything.
   */
  readonly durability: Durability | null;
  /** Of a session with a spool: whether it still holds what was not finished, for the next life to take up. */
  readonly spool?: SpoolOutcome | undefined;
  /** What was still in the ring. */
  readonly left: { readonly chunks: number; readonly ms: number };
  readonly ledger: SessionLedger;
}
