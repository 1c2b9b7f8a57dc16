/**
 * What a session is for. The gateway keeps sessions and knows nothing of their content; an app makes something of it: the
 * speech pipeline makes text of audio.
 *
 * Audio and gaps are handed over as they come in, everything else once it is in the log. After the death of a gateway the
 * next one opens the app anew, and hands over again what was not `handled`.
 */
import type { GapCause, HelloFrame } from '../protocol/types.ts';

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface AppEvent {
  readonly type: string;
  readonly [key: string]: Json;
}

/** A final result: finals cover the audio from the first sample on, without a hole. */
export interface AppResult extends AppEvent {
  /** Samples of the session. Where the last final ended, and where this one does. */
  readonly from: number;
  readonly to: number;
}

/**
 * What an app can do for its session. Nothing does anything once the session is over. What `tenuto.v1` cannot carry (over
 * 65,512 bytes, nested more than eight deep, an event whose type begins with `tenuto.`) throws a RangeError: that is a slip of the app's.
 */
export interface AppSession {
  readonly id: string;
  /** In the log before it is sent, and sent until the client has it. */
  send(event: AppEvent): void;
  result(result: AppResult): void;
  /** An application's own message, kept as `send` keeps. */
  message(data: string | Uint8Array): void;
  /** Goes to the client that is there now, or nowhere. */
  hint(event: AppEvent): void;
  /** Nothing of the client's up to this seq is handed over again. */
  handled(seq: number): void;
  /** Ends the session; what was sent before still arrives. */
  end(): void;
}

export interface AppStart {
  readonly audio: HelloFrame['audio'];
  /**
   * Finals cover the audio through this sample. What comes first may have begun before it: within a chunk, or, where a store has
   * lost what it had said to have, by all that the client sends again.
   */
  readonly fin: number;
  /** Taken over from a gateway that is gone. */
  readonly isTakenOver: boolean;
}

export interface AppAudio {
  readonly seq: number;
  readonly position: number;
  readonly capturedAtMs: number;
  readonly isSpeech: boolean;
  /** Only valid during the call. */
  readonly bytes: Uint8Array;
}

export interface AppGap {
  readonly toSeq: number;
  readonly position: number;
  readonly samples: number;
  /** `setAside`: audio on which this app failed three times. It is as silent as a loss of the client's. */
  readonly cause: GapCause | 'setAside';
}

/**
 * What it throws, or rejects, ends no more than its session's stay here: the session is taken up again, and what it failed on is
 * handed over again, with what follows. The third time on the same message or chunk that one is set aside, and the client is
 * told; an app that fails five times as a whole has its session given up (PROTOCOL.md, P24).
 */
export interface AppHandlers {
  audio(audio: AppAudio): void;
  gap(gap: AppGap): void;
  event?(seq: number, event: unknown): void;
  message?(seq: number, data: string | Uint8Array): void;
  /** The client went away, or came back. */
  attached?(isAttached: boolean): void;
  /**
   * The client takes nothing of what it is told, or takes it again: 1,000 frames or 512 KiB wait for it, and its own are held
   * back. Who goes on all the same to four times as much has its session ended, and what was said until then still arrives.
   */
  held?(isHeld: boolean): void;
  /** Nothing follows. Resolves when all of it has led to what it leads to. */
  finish(): Promise<void>;
  /** Lets everything go; also after `finish`. */
  close(): Promise<void>;
}

export interface App {
  /** Asked before a session begins: who brings other audio is refused. Default: all of it is taken. */
  accepts?(audio: HelloFrame['audio']): boolean;
  open(session: AppSession, start: AppStart): AppHandlers;
}
