/**
 * Microphone to socket. The chart opens and shuts the gate; no actor sees a byte.
 *
 * Every chunk goes into the ring first. While the gate is open a cursor walks behind the writer: at its heels when the
 * link is live, further back while a backlog is replayed at the pace that the provider takes. Audio leaves the ring
 * when a result covers it, never on send.
 */
import type { Clock } from '../ports/clock.ts';
import { Cursor } from './cursor.ts';
import type { Ledger } from './ledger.ts';
import { Pacer } from './pacing.ts';
import { Retention } from './retention.ts';
import type { RingBuffer } from './ring-buffer.ts';
import { Timeline } from './timeline.ts';
import type { UplinkOptions, UplinkSpool, UplinkTarget, WriteOutcome } from './uplink.types.ts';

/** An open gate. */
interface Gate {
  readonly target: UplinkTarget;
  readonly pacer: Pacer;
  isCaughtUp: boolean;
}

/** Above this the socket's own queue is full enough; the ring holds the rest. */
const HIGH_WATER_BYTES = 256 * 1_024;

/** Where a platform does not tell that its queue drained, we look again after this long. */
const CONGESTED_POLL_MS = 20;

export class Uplink {
  readonly #clock: Clock;
  readonly #bytesPerSecond: number;
  readonly #retention: Retention;
  readonly #cursor: Cursor;
  /** Where it is kept beyond this process; null: nowhere. */
  #spool: UplinkSpool | null = null;

  #gate: Gate | null = null;
  /** Null where the other end counts as we do. */
  #timeline: Timeline | null = new Timeline();
  #hasSent = false;
  #timer: unknown = null;

  constructor(options: UplinkOptions) {
    this.#clock = options.clock;
    this.#bytesPerSecond = options.bytesPerSecond;
    this.#retention = options.retain?.(options) ?? new Retention(options);
    this.#cursor = new Cursor(this.#retention);
  }

  /** Whoever keeps the audio beyond this process is shown what nobody else is. */
  keepIn(keeper: (retention: Retention, cursor: Cursor) => UplinkSpool): void {
    this.#spool = keeper(this.#retention, this.#cursor);
  }

  get ring(): RingBuffer {
    return this.#retention.ring;
  }

  get ledger(): Ledger {
    return this.#retention.ledger;
  }

  /** How long so many bytes of audio last. */
  msOf(bytes: number): number {
    return (bytes * 1_000) / this.#bytesPerSecond;
  }

  /** Copies the chunk; the caller may reuse its bytes at once. Never blocks, never throws for being offline. */
  write(chunk: Uint8Array, capturedAtMs = this.#clock.nowMs()): WriteOutcome {
    const neededSeq = this.#gate === null ? this.#retention.unsettledSeq : this.#cursor.seq;
    const seq = this.#retention.keep(chunk, this.#cursor.seq, capturedAtMs);
    const isEvicting = this.ring.firstSeq > neededSeq;
    if (isEvicting) this.#cursor.passEvicted();
    if (this.#gate === null) this.#retention.giveUpEvicted();
    this.#spool?.wrote();
    this.#retention.gaps.report(); // only now: a listener may write or close, and all is whole again
    const gate = this.#gate;
    if (gate !== null) {
      if (this.#cursor.seq === seq && this.#trySend(gate)) return 'sent';
      gate.isCaughtUp = false;
      this.#pump();
    }

    return isEvicting ? 'evicting' : 'buffered';
  }

  /** Opens the gate: replays from the first byte that no result covers, then goes on live. */
  open(target: UplinkTarget): void {
    this.#leave();
    const pacer = new Pacer({
      clock: this.#clock,
      bytesPerSecond: this.#bytesPerSecond,
      rateRatio: target.rateRatio,
    });
    this.#gate = { target, pacer, isCaughtUp: false };
    this.#retention.dispelDoubt(-1);
    this.#cursor.rewind();
    this.#timeline = target.keepsAudio === true ? null : new Timeline(this.#cursor.position);
    this.#timeline?.insert(target.sentBefore ?? 0);
    this.#hasSent = false;
    this.#pump();
    this.#retention.gaps.flush();
  }

  /** Shuts the gate. What was sent and not covered will be sent again; what also left the ring is lost, or in doubt where it is kept. */
  shut(): void {
    this.#leave();
    this.#retention.gaps.report();
  }

  /** The socket's queue is low again. */
  drained(): void {
    this.#stopTimer();
    this.#pump();
  }

  /** Session position of a point on the current connection, both in bytes. */
  positionOf(sentAt: number): number {
    if (this.#timeline !== null) return this.#timeline.positionOf(sentAt);
    return Math.min(Math.max(0, sentAt), this.ring.endPosition);
  }

  /** The other end keeps audio, and has it through here: what it has is delivered, and what it had lost again is not. */
  stand(position: number): void {
    this.#timeline = null; // it counts as we do
    this.#spool?.stands(position);
    this.#retention.dispelDoubt(position);
    if (position >= this.ledger.settledThrough) {
      this.#retention.settle(Math.min(position, this.ring.endPosition), null);
    } else this.#retention.reopen(position);
    this.#retention.gaps.report();
  }

  /** Up to where the current connection was sent the stream. */
  get cursorPosition(): number {
    return this.#cursor.position;
  }

  get isCaughtUp(): boolean {
    return this.#gate !== null && this.#cursor.isAtWriter;
  }

  /** Sends audio that nobody captured, to keep a connection open; the provider's clock is corrected for it. */
  insertSilence(bytes: Uint8Array): void {
    if (this.#gate === null) return;
    this.#timeline?.insert(bytes.length);
    this.#gate.target.sendAudio(bytes, -1, this.#clock.nowMs());
  }

  /** A result covers `from` to `to`: that audio is delivered and leaves the ring. What lies before it is skipped. */
  confirm(from: number, to: number): void {
    const through = Math.min(to, this.#cursor.position);
    this.#retention.settle(Math.min(from, through), 'providerSkipped');
    this.#retention.settle(through, null);
    this.#retention.gaps.flush();
  }

  /** Gives the memory back at the session's end. What was not settled stays `buffered` in the books. */
  release(): void {
    this.#leave();
    this.ring.clear();
    this.#retention.gaps.flush();
  }

  /** Chunks that are not settled yet. */
  get bufferedChunks(): number {
    return this.#retention.chunks;
  }

  /** Reports a gap that is still growing, so that the books can be read. */
  flushGaps(): void {
    this.#retention.gaps.flush();
  }

  #leave(): void {
    this.#gate = null;
    this.#stopTimer();
    this.#retention.giveUpEvicted();
  }

  #trySend(gate: Gate): boolean {
    const { target, pacer } = gate;
    const { position, seq } = this.#cursor;
    target.goOnAt?.(position, this.ring.capturedAtMsOf(seq)); // it may use up the credit
    if (this.#gate !== gate) return true; // it shut the gate
    if (target.bufferedBytes > HIGH_WATER_BYTES || this.#spool?.isHolding === true) return false;
    const waitMs = pacer.take(this.ring.lengthOf(this.#cursor.seq));
    if (waitMs > 0) {
      this.#schedule(waitMs);
      return false;
    }
    this.#sendCursor(target);
    return true;
  }

  #sendCursor(target: UplinkTarget): void {
    const from = this.#cursor.position;
    const bytes = this.#cursor.view();
    const isFirst = !this.#hasSent;

    target.sendAudio(bytes, from, this.ring.capturedAtMsOf(this.#cursor.seq));
    if (this.#gate?.target !== target) return; // it shut the gate instead
    this.#hasSent = true;
    this.#timeline?.append(from, bytes.length);
    this.#cursor.advance(bytes.length);
    if (isFirst) target.onFirstAudio();
  }

  /** Sends until the writer is reached, the pacer says wait, or the socket is full. */
  #pump(): void {
    if (this.#timer !== null) return;
    while (this.#gate !== null && !this.#cursor.isAtWriter) {
      if (!this.#trySend(this.#gate)) {
        this.#schedule(CONGESTED_POLL_MS); // unless the pacer has a moment in mind already
        return;
      }
    }
    const gate = this.#gate; // a target may shut the gate while it is sent
    if (gate !== null && !gate.isCaughtUp) {
      gate.isCaughtUp = true;
      gate.target.onCaughtUp();
    }
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== null) return;
    const pump = (): void => {
      this.#timer = null;
      this.#pump();
    };
    this.#timer = this.#clock.setTimeout(pump, Math.max(1, delayMs));
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
