/**
 * How fast one client sends (PROTOCOL.md, P18.2). It is held to it by credit: what it may not send yet it is not told that
 * it may. Only who sends what needs no credit, over and over, ever comes to the end of patience.
 */
import { UsualSize } from './usual-size.ts';
import { MAX_FRAME_BYTES, RESEND_BURST_RATIO, RING_BYTES } from '../../protocol/limits.ts';

export interface RateLimits {
  readonly framesPerS: number;
  readonly bytesPerS: number;
}

export class ClientRate {
  readonly #limits: RateLimits;
  #frames: number;
  #bytes: number;
  readonly #size: UsualSize;
  #filledAtMs: number;

  /** @param usualBytes what a frame will have, until one was seen. */
  constructor(limits: RateLimits, usualBytes: number, nowMs: number) {
    this.#limits = limits;
    this.#frames = limits.framesPerS * RESEND_BURST_RATIO;
    this.#bytes = limits.bytesPerS * RESEND_BURST_RATIO;
    this.#size = new UsualSize(Math.min(usualBytes, MAX_FRAME_BYTES));
    this.#filledAtMs = nowMs;
  }

  get isLimited(): boolean {
    return this.#limits.framesPerS !== Infinity || this.#limits.bytesPerS !== Infinity;
  }

  /** A frame came in. False where it is too much: even a whole ring that was sent at once is none. */
  take(bytes: number, nowMs: number): boolean {
    if (!this.isLimited) return true;
    this.#fill(nowMs);
    this.#frames -= 1;
    this.#bytes -= bytes;
    this.#size.add(bytes);
    const maxFrames = this.#limits.framesPerS * RESEND_BURST_RATIO;
    return (
      this.#frames >= -maxFrames && this.#bytes >= -Math.max(RING_BYTES, this.#limits.bytesPerS)
    );
  }

  /** Waiting longer makes no more of it. */
  isFull(nowMs: number): boolean {
    if (!this.isLimited) return true;
    this.#fill(nowMs);
    const { framesPerS, bytesPerS } = this.#limits;
    return (
      this.#frames >= framesPerS * RESEND_BURST_RATIO &&
      this.#bytes >= bytesPerS * RESEND_BURST_RATIO
    );
  }

  /** So many more frames may come at once. */
  allowance(nowMs: number): number {
    if (!this.isLimited) return Infinity;
    this.#fill(nowMs);
    return Math.max(0, Math.floor(Math.min(this.#frames, this.#bytes / this.#size.bytes)));
  }

  #fill(nowMs: number): void {
    const { framesPerS, bytesPerS } = this.#limits;
    const passedS = (nowMs - this.#filledAtMs) / 1_000;
    this.#filledAtMs = nowMs;
    this.#frames = filled(this.#frames, framesPerS, passedS);
    this.#bytes = filled(this.#bytes, bytesPerS, passedS);
  }
}

function filled(level: number, perS: number, passedS: number): number {
  return perS === Infinity ? Infinity : Math.min(perS * RESEND_BURST_RATIO, level + perS * passedS);
}
