/**
 * What the client is to have and has not acknowledged: kept until it has, sent again on each attachment. Bounded: from half of
 * what it may hold on the app is held back; at twice as much its session is over (PROTOCOL.md, P13.7).
 */
import type { MemoryAccount } from './admission/memory.ts';
import type { Standing } from './records.ts';
import { encodeFrame, restamp } from '../protocol/frames.ts';
import {
  DOWN_LOG_MAX_BYTES,
  DOWN_LOG_MAX_FRAMES,
  WINDOW_BYTES,
  WINDOW_CHUNKS,
} from '../protocol/limits.ts';
import type { DataFrame } from '../protocol/types.ts';

interface Kept {
  readonly seq: number;
  readonly frame: Uint8Array;
}

const HELD_RATIO = 0.5;
/** Held back, the app may go on when so little is left. */
const FREED_RATIO = 0.25;
const OVERFULL_RATIO = 2;

export class DownLog {
  readonly #account: MemoryAccount;
  #kept: Kept[] = [];
  #bytes = 0;
  #sentThrough = 0;
  /** So many of the oldest were sent on this attachment, or were there before. */
  #sent = 0;
  #sentBytes = 0;
  /** Said to a client that has acknowledged nothing since. */
  #neglectedFrames = 0;
  #neglectedBytes = 0;
  #isHeld = false;

  /** @param account what is kept is counted there. */
  constructor(account: MemoryAccount) {
    this.#account = account;
  }

  get sentThrough(): number {
    return this.#sentThrough;
  }

  get hasUnsent(): boolean {
    return this.#sent < this.#kept.length;
  }

  /** So much waits that nothing should be added. */
  get isHeld(): boolean {
    const ratio = this.#isHeld ? FREED_RATIO : HELD_RATIO;
    return (this.#isHeld = isFull(this.#kept.length, this.#bytes, ratio));
  }

  /** More was added than there is room for, held back or not. */
  get isOverfull(): boolean {
    return isFull(this.#kept.length, this.#bytes, OVERFULL_RATIO);
  }

  /** The client that is there acknowledges nothing of all that it is told. */
  get isNeglected(): boolean {
    return isFull(this.#neglectedFrames, this.#neglectedBytes, 1);
  }

  /** @param isHeard a client is there to hear it. */
  keep(seq: number, frame: Uint8Array, isHeard: boolean): void {
    this.#kept.push({ seq, frame });
    this.#bytes += frame.length;
    this.#account.add(frame.length);
    if (!isHeard) return;
    this.#neglectedFrames += 1;
    this.#neglectedBytes += frame.length;
  }

  /** The client has these. */
  acknowledge(through: number): void {
    const first = this.#kept.findIndex(({ seq }) => seq > through);
    const gone = this.#kept.splice(0, first === -1 ? this.#kept.length : first);
    gone.forEach(({ frame }, at) => {
      this.#bytes -= frame.length;
      this.#account.add(-frame.length);
      if (at < this.#sent) this.#sentBytes -= frame.length;
    });
    this.#sent = Math.max(0, this.#sent - gone.length);
    this.#sentThrough = Math.max(this.#sentThrough, through);
    this.#neglectedFrames = 0;
    this.#neglectedBytes = 0;
  }

  /** A new attachment has what it says it has. */
  rewind(received: number): void {
    const first = this.#kept.findIndex(({ seq }) => seq > received);
    this.#sent = first === -1 ? this.#kept.length : first;
    this.#sentBytes = 0;
    for (const { frame } of this.#kept.slice(0, this.#sent)) this.#sentBytes += frame.length;
    this.#sentThrough = received;
    this.#neglectedFrames = 0;
    this.#neglectedBytes = 0;
  }

  /** Sends what is in the log and was not sent on this attachment, as far beyond what was acknowledged as a window is wide. */
  sendThrough(committed: number, epoch: number, send: (frame: Uint8Array) => void): void {
    while (this.#sent < WINDOW_CHUNKS && this.#sentBytes < WINDOW_BYTES) {
      const next = this.#kept[this.#sent];
      if (next === undefined || next.seq > committed) return;
      this.#sent += 1;
      this.#sentBytes += next.frame.length;
      this.#sentThrough = next.seq;
      restamp(next.frame, epoch);
      send(next.frame);
    }
  }
}

function isFull(frames: number, bytes: number, ratio: number): boolean {
  return frames >= DOWN_LOG_MAX_FRAMES * ratio || bytes >= DOWN_LOG_MAX_BYTES * ratio;
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
