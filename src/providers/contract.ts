/**
 * What a provider is: facts about one service, and nothing else. It holds no socket, no timer and no retry.
 *
 * Positions are samples of one connection, counted from the first sample that was sent on that socket.
 * The session turns them into its own clock, which runs on through every reconnection.
 */
import type { Faculty, ProviderEvent } from './events.ts';
import type { Failure } from '../../machines/failure.ts';
import type { AudioFormat } from '../ports/audio-format.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  ConversationItem,
  ConversationRecord,
  MessageItem,
  ToolResultItem,
} from '../ports/conversation.ts';
import type { Part } from '../ports/part.ts';
import type { Random } from '../ports/random.ts';
import type { DialRequest, Frame, SocketEnd, Transport } from '../ports/socket.ts';

export type {
  Faculty,
  ProviderEvent,
  ProviderTranscript,
  ProviderWord,
  DropReason,
} from './events.ts';

export type Component = 'realtime' | 'stt' | 'tts' | 'llm' | 'gateway' | 'peer';

/**
 * Why a credential is asked for: the first dial, a later one, the last one was refused, or the one in use is about to expire on
 * a link that stands.
 */
export type CredentialReason = 'connect' | 'reconnect' | 'refused' | 'expiring';

/** A key, or a function asked on every dial, and before a credential expires that a service has named the end of. Only a function can refresh a refused credential. */
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
  /** A second session takes over from the first as soon as it stands, so that none can stand by. Default false. */
  readonly takesOver?: boolean;
  /** Whether a second socket may be dialled beside a silent one. Default: as `makesBeforeBreaks`. */
  readonly hedges?: boolean;
  /** How long the service lets a session live. Default null: it sets no end. */
  readonly endsAfterMs?: number | null;
  /** The service says beforehand when it ends a session (`endAnnounced`). Default false. */
  readonly announcesEnd?: boolean;
  /** Where the service is slower to show life than measurement would have it, or known to be quick. Default none. */
  readonly liveness?: {
    readonly suspectAtLeastMs?: number;
    readonly deadAtLeastMs?: number;
    /** The same where the session has no other candidate to turn to. `deadAtLeastMs` where it is longer. Default: that. */
    readonly deadAloneAtLeastMs?: number;
    /** Its end answers each probe at once, and tells within 250 ms that audio came in: silence means more there. */
    readonly isPrompt?: boolean;
  };
  /** What it does for a session. Default: an `stt` hears, a `tts` speaks, everything else does both. */
  readonly faculties?: readonly Faculty[];
  /** An open socket has to come to terms first: the stream tells `configured`. Default false. */
  readonly configures?: boolean;
  /** How long that may take; then the socket is let go. Default 15,000 ms. */
  readonly configuresWithinMs?: number;
  /** The rate that `encodeAudio` is given, whatever the session's. Default: the session's. */
  readonly inputRateHz?: number;
  /** It tells nothing of silence: what was sent this long ago and led to nothing was silence. Default null: it tells. */
  readonly silenceSettlesAfterMs?: number | null;
  /** It hears pauses as audio only, and wants silence after this long without any. Default null: it does not mind. */
  readonly fillsSilenceAfterMs?: number | null;
  /** So much silence in a row at the most, and none before anything was captured. Default Infinity: for as long as it lasts. */
  readonly fillsSilenceForMs?: number;
  /** It speaks what it is told to (`say`), within these limits. Default null: it does not. */
  readonly speech?: SpeechLimits | null;
  /**
   * It keeps what it acknowledges (`committed`), beyond the life of a socket, and counts on the session's own clock: from the
   * first sample that was captured. Audio is done with when it is kept, not when a result covers it; and what it lost
   * after all is sent again, as long as it is held. Default false.
   */
  readonly keepsAudio?: boolean;
  /**
   * It keeps the session itself for so long while its client is away, and says by itself when dials are too many: its links
   * are tried at a quick pace, for longer, and without the client's retry budget (`gatewayLinkPolicy`). Default null: it does not.
   */
  readonly keepsSessionForMs?: number | null;
  /** What was most likely never spoken it leaves out by itself (`dropped`). Default false. */
  readonly dropsUnspoken?: boolean;
}

/** How text may be sent to be spoken. */
export interface SpeechLimits {
  readonly maxCharsPerMessage: number;
  /** Over any 60 s. */
  readonly maxCharsPerMinute: number;
  readonly maxFlushesPerMinute: number;
}

/** What a socket is opened with, beyond the format. */
export interface StreamMemory {
  /** The conversation so far, read when it is needed: it goes on while the socket stands. */
  readonly conversation: () => ConversationRecord;
  /** What the service offered last to take its session up again; null for a fresh one. */
  readonly handle: string | null;
  /**
   * What came into the conversation after `handle` was offered: the session that it takes up was never told. Without a
   * handle that is everything. Default: that is not known.
   */
  readonly news?: () => readonly ConversationItem[];
  /**
   * What the streams of this candidate leave for each other: made once in a session. It outlives sockets, and no inspector
   * sees it. Default: each stream is alone.
   */
  readonly shared?: <T extends object>(create: (random: Random, clock: Clock) => T) => T;
}

/** Where a piece of audio stands in the session. */
export interface AudioPlace {
  readonly sample: number;
  /** By the session's clock. */
  readonly capturedAtMs: number;
}

/** What an application asks for in the middle of a conversation. */
export type Order =
  /** Speak this. `id` comes back in `spoken`. */
  | { readonly kind: 'say'; readonly id: string; readonly text: string }
  /** A message of the user's, typed; it is in the conversation already. */
  | {
      readonly kind: 'message';
      readonly item: MessageItem;
      /** The next order is `reply`: a service that takes both in one frame may be told both here, and nothing by that one. */
      readonly replyFollows?: boolean;
    }
  /** It is in the conversation already. */
  | { readonly kind: 'toolResult'; readonly item: ToolResultItem; readonly name: string }
  /** Answer now. */
  | { readonly kind: 'reply' }
  /** The user's turn is over, where the service does not find that out by itself. */
  | { readonly kind: 'endTurn' }
  /** Stop answering. `ref`: the item that was being played, of which `heardMs` were heard. */
  | { readonly kind: 'interrupt'; readonly ref: string | null; readonly heardMs: number };

/** What a service can have heard when it said what comes now. */
export interface Heard {
  /** The link was silent for long, to pings as well, and this was perhaps said long ago: nobody knows. */
  readonly isLate: boolean;
  /** No more than this, of a service that tells nothing of silence: a line is slow, and a ping that was sent then not answered yet. */
  readonly atMostSample: number;
}

/** One socket's worth of encoding and decoding. */
export interface ProviderStream {
  /** PCM at the format's rate, or at `inputRateHz` where the traits name one. */
  encodeAudio(bytes: Uint8Array, place?: AudioPlace): Frame;
  encodeKeepAlive(): Frame | null;
  /**
   * What is captured up to `sample` and was not sent will never be: told before the audio that follows, which was captured at
   * `capturedAtMs`. Default: nothing.
   */
  encodeLost?(sample: number, capturedAtMs: number): Frame | null;
  /** Asks for a sign of life, where a ping of the socket's own would not do. The stream tells `pong`. Default: a ping. */
  encodeProbe?(): Frame | null;
  /** False while the other end has granted no more: audio waits in the ring. Default true. */
  readonly hasCredit?: boolean;
  /** Asks for the final of all audio sent so far. */
  encodeFlush(): Frame | null;
  /** Says that no more audio comes; the service answers with what is left and closes. */
  encodeGoodbye(): Frame | null;
  /**
   * Never throws: what cannot be read is an event of kind `ignored` or `failed`.
   * @param heard matters where the service tells no times.
   */
  decode(frame: Frame, heard?: Heard): readonly ProviderEvent[];
  /**
   * After `credentialEnds`: asks for a new credential, and resolves with what brings it to the service on this link. Where it
   * rejects, the application is warned and it is asked again. Default: the link ends with its credential.
   */
  renewCredential?(): Promise<Frame>;
  /** What goes out as soon as the socket is open. Default: nothing. */
  encodeHello?(): readonly Frame[];
  /**
   * What gives the conversation back on a link that is configured. Null: there is nothing to give back. Otherwise the
   * stream tells `restored` when the service has taken all of it; where the service acknowledges nothing, it has told it
   * along with `configured`. Default null.
   */
  encodeRestore?(): readonly Frame[] | null;
  /** Null where the service has no such thing. Default null. */
  encodeOrder?(order: Order): readonly Frame[] | null;
  /**
   * Asked of services that confirm no silence: everything up to here was sent at least `silenceSettlesAfterMs` ago. What
   * of it belongs to no turn is done with, and told as a final without text.
   * @param isQuiet whoever captured it heard no speech either in what is not done with.
   */
  settleSilence?(throughSample: number, isQuiet?: boolean): readonly ProviderEvent[];
  /** What its socket's end means, where that depends on what went over it. Default: the provider's `classifyEnd`. */
  classifyEnd?(end: SocketEnd): Failure;
  /**
   * Asked once as the socket has ended, before anything is made of that end: what the end itself tells, where a service
   * says "all done" by closing. Default nothing.
   */
  decodeEnd?(end: SocketEnd): readonly ProviderEvent[];
}

export interface Provider {
  readonly name: string;
  readonly component: Component;
  readonly traits: ProviderTraits;
  /** @throws TenutoError AUDIO_FORMAT_UNSUPPORTED where the service cannot take this format. */
  checkFormat(format: AudioFormat): void;
  dial(format: AudioFormat, reason: CredentialReason, memory?: StreamMemory): Promise<DialRequest>;
  openStream(format: AudioFormat, memory?: StreamMemory): ProviderStream;
  classifyEnd(end: SocketEnd): Failure;
  /**
   * What a session must be able to do for this service, as `parts` of its options would say: who names the provider need not name
   * them. Default: none, and a session of `tenuto/browser` that needs one is refused until it is given.
   */
  readonly brings?: readonly Part[];
  /** For services that are no socket: makes one of whatever they are. Default: the platform's sockets as they are. */
  over?(world: ProviderWorld): Transport;
}

/** What a provider that makes its own sockets makes them of. */
export interface ProviderWorld {
  readonly transport: Transport;
  readonly clock: Clock;
}
