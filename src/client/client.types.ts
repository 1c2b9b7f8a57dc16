/** What a voice client tells, and what it is made of on each platform. */
import type { ConnectionSignal, ConnectionStatus } from '../../machines/connection.types.ts';
import type { CaptureEvent, PcmSource, RecordingSource } from '../capture/capture.types.ts';
import type { AudioFormat } from '../ports/audio-format.ts';
import type { TenutoError } from '../ports/errors.ts';
import type { CredentialReason } from '../providers/contract.ts';
import type { CloseResult, SessionEventOf, SessionLedger } from '../session/events.ts';
import type { SessionOptions } from '../session/options.ts';
import type { Session } from '../session/session.ts';

export type ClientAudioFormat = 'audio/pcm' | 'audio/webm' | 'audio/mp4';

export interface TokenRequest {
  readonly reason: CredentialReason;
  /** As given to `connect`. */
  readonly agent: string;
  readonly user: string | null;
}

/** The bearer, or who brings one: asked on every dial, and before the one in use expires. */
export type ClientToken = string | ((request: TokenRequest) => string | Promise<string>);

/** What the server said, besides how the connection does. */
export type ServerMessage =
  | SessionEventOf<
      | 'transcript'
      | 'transcript.dropped'
      | 'gap'
      | 'speechStarted'
      | 'utteranceEnded'
      | 'gateway.serving'
      | 'gateway.sessionLost'
      | 'item'
      | 'item.removed'
      | 'reply.started'
      | 'reply.text'
      | 'reply.ended'
      | 'interrupted'
      | 'toolCall'
      | 'toolCall.cancelled'
      | 'spoken'
      | 'warning'
    >
  /** With `audio/webm` and `audio/mp4`: a message of the app that is at the other end. */
  | { readonly type: 'data'; readonly data: string | ArrayBuffer }
  /** With them: messages that did not arrive, or may not have (docs/resumable-websocket.md). */
  | {
      readonly type: 'loss';
      readonly reason: string;
      readonly messages: number;
      readonly isCertain: boolean;
    };

export interface Reconnecting {
  /** Counted from 1. */
  readonly attempt: number;
  /** Infinity where it goes on until the grace is over. */
  readonly maxAttempts: number;
  readonly delayMs: number;
  readonly bufferedAudioChunks: number;
  /** For a person. */
  readonly cause: string;
}

export interface Reconnected {
  /** The gateway still had the session. */
  readonly isResumed: boolean;
  /** More is told where audio goes as PCM. */
  readonly details: Extract<ConnectionSignal, { type: 'connection.reconnected' }> | null;
}

/** Each event's arguments, by its name. */
export interface VoiceClientEvents {
  /** The first connection stands. */
  open: [];
  reconnecting: [attempt: number, details: Reconnecting];
  reconnected: [details: Reconnected];
  /** After `close()`, or when it was given up. The result is null where audio goes as messages. */
  close: [result: CloseResult | null];
  error: [error: TenutoError];
  statusChanged: [current: ConnectionStatus, previous: ConnectionStatus];
  /** It was given up; `connect` tries again. */
  connectionFailed: [error: TenutoError];
  message: [message: ServerMessage];
  capture: [event: CaptureEvent | CaptureStopped];
}

/** The error is why, and null where `stopAudioCapture` or `close` was called. */
export interface CaptureStopped {
  readonly type: 'stopped';
  readonly error: TenutoError | null;
  readonly atMs: number;
}

export interface VoiceClientStatus {
  readonly status: ConnectionStatus;
  readonly isConnected: boolean;
  readonly isCapturing: boolean;
  /** Of the outage that lasts; 0 outside. */
  readonly reconnectAttempts: number;
  /** Captured, and not yet delivered or told as a gap. */
  readonly bufferedAudioChunks: number;
  readonly bufferedAudioMs: number;
  readonly agent: string | null;
  readonly user: string | null;
  /** Null before `connect`, and where audio goes as messages. */
  readonly ledger: SessionLedger | null;
  /** Why it was given up, or the microphone; null while all is well. */
  readonly error: TenutoError | null;
}

/** What of a `ResumableWebSocket` is used. */
export interface MessageSocket {
  readonly status: ConnectionStatus;
  readonly bufferedAmount: number;
  binaryType: 'blob' | 'arraybuffer';
  send(data: string | Uint8Array<ArrayBuffer>): boolean;
  hasRoomFor(messages: number, bytes: number): boolean;
  close(code?: number, reason?: string): void;
  reconnect(): void;
  addEventListener(type: string, listener: (event: object) => void): void;
}

export interface MessageSocketOptions {
  readonly mode: 'gateway';
  readonly app: string;
  readonly token: string | ((request: { reason: CredentialReason }) => string | Promise<string>);
  readonly connectionTimeout: number;
  readonly maxEnqueuedMessages: number;
  readonly [option: string]: unknown;
}

/** What a platform brings. */
export interface VoiceClientPlatform {
  createSession(options: Omit<SessionOptions, 'transport'>): Session;
  /** A microphone as PCM; absent where the platform has none: then one is passed in as `capture`. */
  readonly createMicrophone?: (format: AudioFormat) => PcmSource;
  /** @throws TenutoError AUDIO_FORMAT_UNSUPPORTED where the platform cannot record in that container. */
  readonly createRecorder?: (format: ClientAudioFormat) => RecordingSource;
  readonly openMessages?: (url: string, options: MessageSocketOptions) => MessageSocket;
}
