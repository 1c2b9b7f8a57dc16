/** What a provider tells of one socket, in its own positions: samples since the first that was sent there. */
import type { Failure } from '../../machines/failure.ts';
import type { Durability } from '../ports/log-store.ts';
import type { Role } from '../ports/conversation.ts';
import type { Frame } from '../ports/socket.ts';

/** What a voice session can be asked for. */
export type Faculty = 'hearing' | 'speaking';

export interface ProviderWord {
  readonly text: string;
  readonly startSample: number;
  readonly endSample: number;
  readonly confidence: number;
}

export interface ProviderTranscript {
  readonly kind: 'transcript';
  readonly text: string;
  readonly words: readonly ProviderWord[];
  readonly startSample: number;
  readonly endSample: number;
  /** Final: these samples are done with and may leave the ring. */
  readonly isFinal: boolean;
  /** The speaker paused: an utterance ends with this final. */
  readonly endsUtterance: boolean;
  /** The answer to a flush: every sample sent before the flush is done with. */
  readonly answersFlush: boolean;
}

/** Why a recognised text was not passed on. */
export type DropReason =
  'noSpeech' | 'lowConfidence' | 'compressible' | 'repetition' | 'knownPhrase' | 'tooQuiet';

/** What it hears, and when it ends. */
export type HearingEvent =
  | ProviderTranscript
  | { readonly kind: 'speechStarted'; readonly atSample: number }
  | { readonly kind: 'utteranceEnded'; readonly atSample: number }
  /** A text that was most likely never spoken. Its samples are done with: a final without text covers them. */
  | {
      readonly kind: 'dropped';
      readonly reason: DropReason;
      readonly text: string;
      readonly startSample: number;
      readonly endSample: number;
    }
  /** The service has processed everything, after the goodbye. */
  | { readonly kind: 'finished'; readonly samples: number }
  /** Kept for good, of services that keep audio: through this sample of the session. */
  | { readonly kind: 'committed'; readonly throughSample: number };

/** How a service and a new socket come to terms. */
export type HandshakeEvent =
  /** Goes out at once: the protocol's own answer to what came in. */
  | { readonly kind: 'send'; readonly frames: readonly Frame[] }
  /** The service has taken the configuration. Told only where the stream has a handshake (`configures`). */
  | { readonly kind: 'configured' }
  /** The service has taken everything that `encodeRestore` gave back. */
  | {
      readonly kind: 'restored';
      readonly resumed: boolean;
      readonly toolCallsCarried: number;
      /** Of services that keep audio: they have it through this sample of the session, which may be less than they had said. */
      readonly throughSample?: number;
    }
  /** The answer to `encodeProbe`. */
  | { readonly kind: 'pong' }
  /** What takes this session up again on another socket; null: what was offered before is worth nothing now. */
  | { readonly kind: 'handleOffered'; readonly handle: string | null };

/** What is said in a conversation. `ref` is the service's name of an item, or ours where we named it. */
export type ConversationEvent =
  /** An item is there, or has changed. Without `text` the text stays as it is. */
  | {
      readonly kind: 'item';
      readonly ref: string;
      readonly role: Role;
      readonly text?: string;
      readonly status: 'inProgress' | 'completed' | 'interrupted';
      /** Of spoken turns, where in the audio. */
      readonly startSample?: number;
      readonly endSample?: number;
    }
  /** The service answers. A reply may say several items. */
  | { readonly kind: 'replyStarted' }
  /** More text of an answer, spoken or written. */
  | { readonly kind: 'replyText'; readonly ref: string; readonly delta: string }
  /** PCM s16le mono of an answer. */
  | {
      readonly kind: 'audio';
      readonly ref: string;
      readonly bytes: Uint8Array;
      readonly sampleRateHz: number;
    }
  | {
      readonly kind: 'replyEnded';
      readonly status: 'completed' | 'interrupted' | 'failed' | 'incomplete';
    }
  /** The user spoke into the answer: what of it still waits to be played is not to be played. */
  | { readonly kind: 'interrupted' }
  | {
      readonly kind: 'toolCall';
      readonly callId: string;
      readonly name: string;
      /** JSON, as the model wrote it. */
      readonly arguments: string;
      readonly signature?: string;
    }
  | { readonly kind: 'toolCallsCancelled'; readonly callIds: readonly string[] }
  /** A text given to `say` was spoken to its end: nothing of it has to be said again. */
  | { readonly kind: 'spoken'; readonly id: string };

/** What it says of itself. */
export type ServiceEvent =
  /** The service will end this session by itself in that time. */
  | {
      readonly kind: 'endAnnounced';
      readonly inMs: number;
      /** Many were told at once: each leaves at a moment of chance, in the first half of that time. Default false. */
      readonly isForMany?: boolean;
    }
  /** The credential in use is believed for so long; a new one can be brought on this link before (`renewCredential`). */
  | { readonly kind: 'credentialEnds'; readonly inMs: number }
  /**
   * It lives, and for so long has kept nothing of what is on its way to it, of services that keep audio: told again as long as that
   * is so. What follows, the connection chart decides.
   */
  | {
      readonly kind: 'standstill';
      /** Tells one standstill from another. */
      readonly sinceMs: number;
      readonly forMs: number;
    }
  /** What an acknowledgement of this service survives, of services that keep audio; told on each link. */
  | { readonly kind: 'keeping'; readonly durability: Durability }
  /** The service has lost the session, and another one begins. Samples of the session. */
  | {
      readonly kind: 'sessionLost';
      /** It had acknowledged the audio through here. */
      readonly acknowledgedSample: number;
      /** From here on the audio is sent again, as far as it is held. */
      readonly fromSample: number;
    }
  /** Who serves behind it, and what is missing, of services that stand before others. */
  | {
      readonly kind: 'serving';
      readonly provider: string | null;
      readonly mode: string | null;
      readonly missing: readonly Faculty[];
    }
  /** One part of a composed provider failed alone, or works again. */
  | { readonly kind: 'facultyLost' | 'facultyRestored'; readonly faculty: Faculty }
  /** `perRequest`: the socket stands, and the application is warned. Anything else ends the socket. */
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      /** What failed is an answer: with a hint of when, it is asked for once more then. Default false. */
      readonly isOfReply?: boolean;
    }
  /** Nothing is made of it. `what`: the name of such a message or a few words, never its content, and no credential. */
  | { readonly kind: 'ignored'; readonly what: string };

export type ProviderEvent = HearingEvent | HandshakeEvent | ConversationEvent | ServiceEvent;
