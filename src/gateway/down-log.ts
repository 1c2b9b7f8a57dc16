/** What the client is to have and has not acknowledged: kept until it has, sent again on each attachment. Bounded. */
import type { Standing } from './records.ts';
import { encodeFrame, restamp } from '../protocol/frames.ts';
import { DOWN_LOG_MAX_BYTES, DOWN_LOG_MAX_FRAMES } from '../protocol/limits.ts';
import type { DataFrame } from '../protocol/types.ts';

interface Kept {
  readonly seq: number;
  readonly frame: Uint8Array;
}

export class DownLog {
  #kept: Kept[] = [];
  #bytes = 0;
  #sentThrough = 0;

  get isFull(): boolean {
    return this.#kept.length >= DOWN_LOG_MAX_FRAMES || this.#bytes >= DOWN_LOG_MAX_BYTES;
  }

  get sentThrough(): number {
    return this.#sentThrough;
  }

  keep(seq: number, frame: Uint8Array): void {
    this.#kept.push({ seq, frame });
    this.#bytes += frame.length;
  }

  /** The client has these. */
  acknowledge(through: number): void {
    const first = this.#kept.findIndex(({ seq }) => seq > through);
    const gone = first === -1 ? this.#kept.splice(0) : this.#kept.splice(0, first);
    for (const { frame } of gone) this.#bytes -= frame.length;
    this.#sentThrough = Math.max(this.#sentThrough, through);
  }

  /** A new attachment has what it says it has. */
  rewind(received: number): void {
    this.#sentThrough = received;
  }

  /** Sends what is in the log and was not sent on this attachment. */
  sendThrough(committed: number, epoch: number, send: (frame: Uint8Array) => void): void {
    for (const { seq, frame } of this.#kept) {
      if (seq > committed) return;
      if (seq <= this.#sentThrough) continue;
      restamp(frame, epoch);
      this.#sentThrough = seq;
      send(frame);
    }
  }
}

/** What an app says, as the newest frame of its session. */
export function downFrame(
  { epoch, down, fin }: Standing,
  codec: DataFrame['codec'],
  payload: Uint8Array,
): Uint8Array {
  return encodeFrame({
    type: 'data',
    channel: 0,
    epoch,
    seq: down,
    position: fin,
    capturedAtMs: 0,
    codec,
    isEndOfStream: false,
    isDiscontinuity: false,
    isRetransmission: false,
    isSpeech: false,
    payload,
  });
}
