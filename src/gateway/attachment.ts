/** One socket of a session, from the welcome to its end: frames in, acknowledgements out, and whether anybody is there. */
import type { GatewaySocket } from './gateway-socket.ts';
import type { Client, GatewaySession } from './session.ts';
import type { Clock } from '../ports/clock.ts';
import { CLOSE, reasonOf } from '../protocol/close-codes.ts';
import type { CloseCode } from '../protocol/close-codes.ts';
import { encodeFrame } from '../protocol/frames.ts';
import {
  DOWN_LOG_MAX_BYTES,
  PING_IDLE_MS,
  SEND_BUFFER_MAX_BYTES,
  SERVER_DEAD_MS,
} from '../protocol/limits.ts';
import type {
  AckFrame,
  DataFrame,
  FinFrame,
  GapFrame,
  PingFrame,
  PongFrame,
  ProtocolFrame,
} from '../protocol/types.ts';

/** Acknowledgements are coarse, at 50 chunks a second one for eight; within ACK_MAX_INTERVAL_MS. P13.2 */
const ACK_EVERY_MS = 170;

export interface AttachmentOptions {
  readonly session: GatewaySession;
  readonly socket: GatewaySocket;
  readonly clock: Clock;
  /** The socket counts no more. */
  readonly onGone: () => void;
}

export class Attachment implements Client {
  readonly #options: AttachmentOptions;
  /** A frame of an attachment before has another. */
  readonly #epoch: number;
  readonly #startedAtMs: number;
  #ackTimer: unknown = null;
  #pulseTimer: unknown = null;
  #ackedAtMs = -ACK_EVERY_MS;
  #acked = 0;
  #grantedSeq = 0;
  #receivedAtMs: number;
  #sentAtMs: number;
  #nonce = 0;
  #isOver = false;

  constructor(options: AttachmentOptions) {
    this.#options = options;
    this.#epoch = options.session.epoch;
    this.#startedAtMs = options.clock.nowMs();
    this.#receivedAtMs = this.#startedAtMs;
    this.#sentAtMs = this.#startedAtMs;
    this.#grantedSeq = options.session.maxSeq;
    this.#acked = options.session.committed;
    this.#pulse();
  }

  /** @param bytes what `frame` was read from; only valid during the call. */
  take(bytes: Uint8Array, frame: ProtocolFrame): void {
    this.heard();
    switch (frame.type) {
      case 'data':
      case 'gap':
        this.#takeUp(bytes, frame);
        return;
      case 'ack':
        this.#takeAck(frame);
        return;
      case 'ping':
      case 'pong':
        this.#takePing(frame);
        return;
      case 'fin':
        void this.#takeFin(frame);
        return;
      default:
        this.close(CLOSE.protocolError);
    }
  }

  /** Any byte is a sign of life. */
  heard(): void {
    this.#receivedAtMs = this.#options.clock.nowMs();
  }

  send(frame: Uint8Array): void {
    if (this.#isOver) return;
    const { socket, clock } = this.#options;
    this.#sentAtMs = clock.nowMs();
    socket.send(frame);
    if (socket.bufferedBytes > DOWN_LOG_MAX_BYTES) this.close(CLOSE.rate);
  }

  hint(frame: Uint8Array): void {
    if (this.#options.socket.bufferedBytes < SEND_BUFFER_MAX_BYTES) this.send(frame);
  }

  committed(): void {
    if (this.#ackTimer !== null || this.#isOver) return;
    const { clock } = this.#options;
    const dueInMs = this.#ackedAtMs + ACK_EVERY_MS - clock.nowMs();
    if (dueInMs <= 0) this.#acknowledge();
    else {
      this.#ackTimer = clock.setTimeout(() => {
        this.#ackTimer = null;
        this.#acknowledge();
      }, dueInMs);
    }
  }

  close(code: CloseCode): void {
    if (this.#isOver) return;
    this.#options.socket.close(code, reasonOf(code));
    this.ended();
  }

  /** The socket is gone. */
  ended(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { clock, session, onGone } = this.#options;
    if (this.#ackTimer !== null) clock.clearTimeout(this.#ackTimer);
    clock.clearTimeout(this.#pulseTimer);
    session.detach(this);
    onGone();
  }

  #takeUp(bytes: Uint8Array, frame: DataFrame | GapFrame): void {
    const { session } = this.#options;
    const to = frame.type === 'data' ? frame.seq : frame.toSeq;
    if (frame.epoch !== this.#epoch) this.close(CLOSE.fenced);
    else if (to > this.#grantedSeq) this.close(CLOSE.overCredit);
    else if (!session.take(bytes, frame)) this.close(CLOSE.protocolError);
  }

  #takeAck({ epoch, committed }: AckFrame): void {
    if (epoch === this.#epoch) this.#options.session.tookThrough(committed);
  }

  #takePing(frame: PingFrame | PongFrame): void {
    if (frame.epoch !== this.#epoch) return;
    const { session } = this.#options;
    session.tookThrough(frame.committed);
    if (frame.lastSent > session.received) {
      this.close(CLOSE.protocolError); // the transport keeps order: what is missing will not come
      return;
    }
    if (frame.type === 'ping') {
      const { nonce, sentAtMs: echoMs } = frame;
      this.send(encodeFrame({ type: 'pong', ...this.#standing(nonce), echoMs }));
    }
  }

  async #takeFin({ lastSeq }: FinFrame): Promise<void> {
    const { session } = this.#options;
    if (lastSeq !== session.received) {
      this.close(CLOSE.protocolError);
      return;
    }
    await session.finish();
    this.#acknowledge();
    this.send(encodeFrame({ type: 'finAck', up: session.committed, lastSeq: session.lastSeq }));
    await session.end();
  }

  #acknowledge(): void {
    const { session, clock } = this.#options;
    const { committed, maxSeq } = session;
    if (this.#isOver || (committed === this.#acked && maxSeq === this.#grantedSeq)) return;
    this.#ackedAtMs = clock.nowMs();
    this.#acked = committed;
    this.#grantedSeq = maxSeq;
    this.send(
      encodeFrame({
        type: 'ack',
        epoch: this.#epoch,
        committed,
        maxSeq,
        ackDelayMs: 0,
        ranges: [],
      }),
    );
  }

  /** Asks who says nothing, and lets go of who does not answer. The client may be asleep: the session stays. */
  #pulse(): void {
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    if (nowMs - this.#receivedAtMs >= SERVER_DEAD_MS) {
      this.close(CLOSE.heartbeat);
      return;
    }
    if (nowMs - this.#sentAtMs >= PING_IDLE_MS) {
      this.#nonce = (this.#nonce + 1) & 0xffff;
      this.send(encodeFrame({ type: 'ping', ...this.#standing(this.#nonce) }));
    }
    this.#pulseTimer = clock.setTimeout(() => {
      this.#pulse();
    }, PING_IDLE_MS);
  }

  #standing(nonce: number): Omit<PingFrame, 'type'> {
    const { session, clock } = this.#options;
    this.#grantedSeq = session.maxSeq;
    return {
      nonce,
      epoch: this.#epoch,
      lastSent: session.lastSent,
      received: session.received,
      committed: session.committed,
      maxSeq: this.#grantedSeq,
      sentAtMs: Math.round(clock.nowMs() - this.#startedAtMs),
    };
  }
}
