/** What hears: a microphone of the platform's, or whatever an application brings. */
import type { AudioFormat } from '../ports/audio-format.ts';
import type { TenutoError } from '../ports/errors.ts';

export interface CapturedChunk {
  /** The listener's to keep. */
  readonly bytes: Uint8Array;
  /** When its first sample was heard, on the session's clock: by the sound card's clock, not by when it arrived. */
  readonly capturedAtMs: number;
  readonly durationMs: number;
}

/** A piece of a recording in a container, such as WebM. */
export interface RecordedChunk {
  /** The listener's to keep. */
  readonly bytes: Uint8Array;
  /** As the browser names it, such as `audio/webm;codecs=opus`. */
  readonly mimeType: string;
  /** About when its first sample was heard: a browser tells no times of what it encodes. */
  readonly capturedAtMs: number;
  readonly durationMs: number;
  /** Counted from 1: a container cannot be cut, so that another device is another recording. */
  readonly recording: number;
  /** The recording begins with this chunk, which holds its header: nothing of it can be played without. */
  readonly isHeader: boolean;
}

/** Why nothing was heard for a while. */
export type HoleReason =
  /** The device went away, or was changed for another. */
  | 'device'
  /** The platform suspended the audio: a call, a sleeping page, a policy. */
  | 'suspended'
  /** The page was too busy to take what was heard. */
  | 'overrun'
  /** Of a `VoiceClient`: it was not connected, or its connection was away, for longer than is kept. */
  | 'notConnected';

export interface HoleEvent {
  readonly type: 'hole';
  readonly fromMs: number;
  readonly toMs: number;
  readonly durationMs: number;
  readonly reason: HoleReason;
}

export interface DeviceName {
  /** Empty where the platform does not tell. */
  readonly id: string;
  readonly label: string;
}

/** The microphone stuttered: in the chunk that follows, or where it begins, so much is silence that nobody heard. */
export interface FilledEvent {
  readonly type: 'filled';
  readonly atMs: number;
  readonly durationMs: number;
}

export type CaptureEvent =
  | { readonly type: 'started'; readonly device: DeviceName; readonly atMs: number }
  /** Nothing was heard from then to then: told when it is over, before the chunk that follows. */
  | HoleEvent
  /** Less than 50 ms at a time: too short to be a hole, and filled with silence. */
  | FilledEvent
  /** Another device is heard from now on. */
  | {
      readonly type: 'deviceChanged';
      readonly from: DeviceName;
      readonly to: DeviceName;
      readonly atMs: number;
    }
  /** Nothing is heard just now, and why: it goes on by itself where it can. */
  | { readonly type: 'interrupted'; readonly error: TenutoError; readonly atMs: number }
  | { readonly type: 'resumed'; readonly atMs: number }
  /** The platform or the user has silenced the device: it is heard as silence. */
  | { readonly type: 'muted'; readonly atMs: number }
  | { readonly type: 'unmuted'; readonly atMs: number; readonly lastedMs: number }
  /** It is over, for good; nothing is told after it. */
  | { readonly type: 'failed'; readonly error: TenutoError; readonly atMs: number };

export interface CaptureHandlers<Chunk = CapturedChunk> {
  onChunk(chunk: Chunk): void;
  /** Default: nobody listens. */
  onEvent?(event: CaptureEvent): void;
}

export interface CaptureSource<Chunk = CapturedChunk> {
  /** @throws TenutoError MICROPHONE_DENIED and its like. */
  start(handlers: CaptureHandlers<Chunk>): Promise<void>;
  /** Hands over what was heard until now; nothing is left running. Never throws. */
  stop(): Promise<void>;
}

/** A source of recordings in a container. */
export interface RecordingSource extends CaptureSource<RecordedChunk> {
  /** What was recorded until now is told, and another recording begins: the one before cannot be used any further. */
  renew(): void;
}

/** A source of raw audio, as a `Session` takes it. */
export interface PcmSource extends CaptureSource {
  readonly format: AudioFormat;
}
