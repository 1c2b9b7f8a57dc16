/**
 * What a provider is: facts about one service, and nothing else. It holds no socket, no timer and no retry.
 *
 * Positions are samples of one connection, counted from the first sample that was sent on that socket.
 * The session turns them into its own clock, which runs on through every reconnection.
 */
import type { Failure } from '../../machines/failure.ts';
import type { AudioFormat } from '../ports/audio-format.ts';
import type { DialRequest, Frame, SocketEnd } from '../ports/socket.ts';

export type Component = 'realtime' | 'stt' | 'tts' | 'gateway' | 'peer';

/** Why a credential is asked for: the first dial, a later one, or the last one was refused. */
export type CredentialReason = 'connect' | 'reconnect' | 'refused';

/** A key, or a function asked on every dial. Only a function can refresh a refused credential. */
export type Credential =
  string | ((request: { reason: CredentialReason }) => string | Promise<string>);

export interface ProviderTraits {
  /** What the service remembers of a lost socket. */
  readonly resume: 'none' | 'handle' | 'items';
  /** Replay and backlog go out at most this many times real time; Infinity where there is no limit. */
  readonly replayRateRatio: number;
  /** A keep-alive goes out after this long without a frame; null where none is needed. */
  readonly keepAliveIntervalMs: number | null;
  /** The service closes unless audio comes within this time of opening; null where it does not. */
  readonly firstAudioWithinMs: number | null;
  /** How long a flush may stay unanswered before it counts as done. */
  readonly flushTimeoutMs: number;
  /** Whether a protocol ping proves the other end alive. */
  readonly answersPings: boolean;
  /** Whether a refused credential can be renewed by asking again. */
  readonly refreshesCredential: boolean;
  /** Whether a second session may stand while the first still does. Default true. */
  readonly makesBeforeBreaks?: boolean;
  /** Whether a second socket may be dialled beside a silent one. Default: as `makesBeforeBreaks`. */
  readonly hedges?: boolean;
  /** How long the service lets a session live. Default null: it sets no end. */
  readonly endsAfterMs?: number | null;
  /** The service says beforehand when it ends a session (`endAnnounced`). Default false. */
  readonly announcesEnd?: boolean;
  /** Where the service is slower to show life than measurement would have it. Default none. */
  readonly liveness?: {
    readonly suspectAtLeastMs?: number;
    readonly deadAtLeastMs?: number;
  };
  /** What it does for a session. Default: an `stt` hears, a `tts` speaks, everything else does both. */
  readonly faculties?: readonly Faculty[];
}

/** What a voice session can be asked for. */
export type Faculty = 'hearing' | 'speaking';

export interface ProviderWord {
  readonly text: string;
  readonly startSample: number;
  readonly endSample: number;
  readonly confidence: number;
}

export type ProviderEvent =
  | {
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
  | { readonly kind: 'speechStarted'; readonly atSample: number }
  | { readonly kind: 'utteranceEnded'; readonly atSample: number }
  /** The service has processed everything, after the goodbye. */
  | { readonly kind: 'finished'; readonly samples: number }
  /** The service will end this session by itself in that time. */
  | { readonly kind: 'endAnnounced'; readonly inMs: number }
  /** One part of a composed provider failed alone, or works again. */
  | { readonly kind: 'facultyLost' | 'facultyRestored'; readonly faculty: Faculty }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'ignored'; readonly what: string };

/** One socket's worth of encoding and decoding. */
export interface ProviderStream {
  encodeAudio(bytes: Uint8Array): Frame;
  encodeKeepAlive(): Frame | null;
  /** Asks for the final of all audio sent so far. */
  encodeFlush(): Frame | null;
  /** Says that no more audio comes; the service answers with what is left and closes. */
  encodeGoodbye(): Frame | null;
  /** Never throws: what cannot be read is an event of kind `ignored` or `failed`. */
  decode(frame: Frame): readonly ProviderEvent[];
}

export interface Provider {
  readonly name: string;
  readonly component: Component;
  readonly traits: ProviderTraits;
  /** @throws TenutoError AUDIO_FORMAT_UNSUPPORTED where the service cannot take this format. */
  checkFormat(format: AudioFormat): void;
  dial(format: AudioFormat, reason: CredentialReason): Promise<DialRequest>;
  openStream(format: AudioFormat): ProviderStream;
  classifyEnd(end: SocketEnd): Failure;
}
