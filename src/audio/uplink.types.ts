/** What an uplink is made of, where it leads, and what it says to whoever writes. */
import type { Retention, RetentionOptions } from './retention.ts';
import type { Clock } from '../ports/clock.ts';

/** `sent`: it is on its way. `buffered`: it waits in the ring. `evicting`: it waits, and older audio was given up for it. */
export type WriteOutcome = 'sent' | 'buffered' | 'evicting';

export interface UplinkOptions extends RetentionOptions {
  readonly clock: Clock;
  /** Makes what is kept until it is settled. Default: `Retention`. */
  readonly retain?: ((options: RetentionOptions) => Retention) | undefined;
}

/** Keeps what was captured beyond the life of the process. */
export interface UplinkSpool {
  /** What is captured is not sent just now: where it belongs is being stored. `drained` is called when it may be. */
  readonly isHolding: boolean;
  /** Something was captured. */
  wrote(): void;
  /** The other end keeps audio, and is about to be taken for having it through here. */
  stands(position: number): void;
}

/** The open end of the gate: one socket. */
export interface UplinkTarget {
  /**
   * What follows stands at `position`: what lies before it and was not sent never is. Default: nobody has to know.
   *
   * @param capturedAtMs when the audio at `position` was captured.
   */
  goOnAt?(position: number, capturedAtMs: number): void;
  /** @param position where it stands in the stream; -1: nobody captured it. */
  sendAudio(bytes: Uint8Array, position: number, capturedAtMs: number): void;
  readonly bufferedBytes: number;
  readonly rateRatio: number;
  /** Bytes of silence that it was sent before the gate opened, to keep it alive. */
  readonly sentBefore?: number;
  /** It counts on the session's clock, and not from the first byte that it is sent. */
  readonly keepsAudio?: boolean;
  /** The cursor reached the writer: what was captured is on its way. */
  onCaughtUp(): void;
  onFirstAudio(): void;
}
