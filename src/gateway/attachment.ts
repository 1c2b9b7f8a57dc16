/** One socket of a session, from the welcome to its end: what comes in goes where it belongs, and whether anybody is there. */
import { Acknowledging } from './acknowledging.ts';
import type { AdmissionLimits } from './admission/limits.ts';
import { BearerTerm } from './bearer-term.ts';
import type { BearerTermOptions } from './bearer-term.ts';
import type { Counters } from './counters.ts';
import type { GatewaySocket } from './gateway-socket.ts';
import type { Client } from './down-stream.ts';
import type { GatewaySession } from './session.ts';
import { SignsOfLife } from './signs-of-life.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { CLOSE, reasonOf } from '../protocol/close-codes.ts';
import type { CloseCode } from '../protocol/close-codes.ts';
import { encodeFrame } from '../protocol/frames.ts';
import { DOWN_LOG_MAX_BYTES, SEND_BUFFER_MAX_BYTES } from '../protocol/limits.ts';
import type {
  AckFrame,
  DataFrame,
  FinFrame,
  GapFrame,
  PingFrame,
  PongFrame,
  ProtocolFrame,
} from '../protocol/types.ts';

export interface AttachmentOptions extends BearerTermOptions {
  readonly session: GatewaySession;
  readonly socket: GatewaySocket;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: AdmissionLimits;
  readonly counters: Counters;
  /** The socket counts no more. */
  readonly onGone: () => void;
}

export class Attachment implements Client {
  readonly #options: AttachmentOptions;
  /** A frame of an attachment before has another. */
  readonly #epoch: number;
  readonly #startedAtMs: number;
  readonly #acks: Acknowledging;
  readonly #bearer: BearerTerm;
  readonly #signs: SignsOfLife;
  #hasAnsweredFin = false;
  #owesFinAck = false;
  #isOver = false;

  constructor(options: AttachmentOptions) {
    this.#options = options;
    this.#epoch = options.session.standing.epoch;
    this.#startedAtMs = options.clock.nowMs();
    const { session, clock, random, limits } = options;
    const send = (frame: Uint8Array): void => {
      this.send(frame);
    };
    this.#acks = new Acknowledging({ session, clock, limits, send });
    this.#bearer = new BearerTerm(options, this);
    this.#signs = new SignsOfLife({
      clock,
      random,
      ping: (nonce) => this.send(encodeFrame({ type: 'ping', ...this.#standing(nonce) })),
      objection: () => (this.#bearer.isExpired ? CLOSE.unauthorised : null),
      close: (code) => this.close(code),
    });
  }

  /** @param bytes what `frame` was read from; only valid during the call. */
  take(bytes: Uint8Array, frame: ProtocolFrame): void {
    const atMs = this.#options.clock.nowMs();
    this.#signs.heard(atMs);
    if (!this.#acks.take(bytes.length, atMs)) {
      this.close(CLOSE.rate);
      return;
    }
    this.#tokenArrived(frame);
    switch (frame.type) {
      case 'data':
      case 'gap':
        this.#takeUp(bytes, frame, atMs);
        return;
      case 'ack':
        this.#takeAck(frame);
        return;
      case 'ping':
      case 'pong':
        this.#takePing(frame);
        return;
      case 'fin':
        this.#takeFin(frame);
        return;
      case 'hint':
        return; // of a client's there is nobody who wants any
      case 'auth':
        this.#bearer.take(frame.auth);
        return;
      default:
        this.close(CLOSE.protocolError);
    }
  }

  /** How far the client may send. */
  get grantedSeq(): number {
    return this.#acks.grantedSeq;
  }

  tellExpiry(): void {
    this.#bearer.tellExpiry();
  }

  /** Any byte is a sign of life. */
  heard(): void {
    this.#signs.heard(this.#options.clock.nowMs());
  }

  send(frame: Uint8Array): void {
    if (this.#isOver) return;
    const { socket } = this.#options;
    this.#signs.sent();
    this.#options.counters.framesOut += 1;
    this.#options.counters.bytesOut += frame.length;
    socket.send(frame);
    if (socket.bufferedBytes > DOWN_LOG_MAX_BYTES) this.close(CLOSE.rate);
  }

  hint(frame: Uint8Array): void {
    if (this.#options.socket.bufferedBytes < SEND_BUFFER_MAX_BYTES) this.send(frame);
  }

  committed(): void {
    this.#acks.committed();
  }

  finished(): void {
    if (this.#isOver || this.#hasAnsweredFin || !this.#options.session.isKept) return;
    const { committed: up, standing, down } = this.#options.session;
    if (down.hasUnsent) {
      this.#owesFinAck = true; // it comes after all that was said
      return;
    }
    this.#owesFinAck = false;
    this.#acks.tell();
    this.send(encodeFrame({ type: 'finAck', up, lastSeq: standing.down }));
    this.#hasAnsweredFin = true;
    this.#endOnceTaken();
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
    const { session, onGone } = this.#options;
    this.#acks.stop();
    this.#bearer.stop();
    this.#signs.stop();
    session.detach(this);
    onGone();
  }

  /** Whoever speaks on this attachment has had its WELCOME; FIN and AUTH name no epoch. P12.5 */
  #tokenArrived(frame: ProtocolFrame): void {
    const epoch = 'epoch' in frame ? frame.epoch : this.#epoch;
    if (epoch === this.#epoch) this.#options.session.tokenArrived();
  }

  #takeUp(bytes: Uint8Array, frame: DataFrame | GapFrame, atMs: number): void {
    const { session, counters } = this.#options;
    const to = frame.type === 'data' ? frame.seq : frame.toSeq;
    if (frame.epoch !== this.#epoch) this.close(CLOSE.fenced);
    else if (frame.type === 'data' && to > this.grantedSeq)
      this.close(CLOSE.overCredit); // P13.4
    else {
      const wrong = session.take(bytes, frame, atMs);
      if (wrong !== null) this.close(wrong);
      if (to === this.grantedSeq) counters.creditStalls += 1;
    }
  }

  #takeAck({ epoch, committed }: AckFrame): void {
    if (epoch !== this.#epoch) return;
    this.#options.session.down.tookThrough(committed);
    this.#endOnceTaken();
  }

  #takePing(frame: PingFrame | PongFrame): void {
    if (frame.epoch !== this.#epoch) return;
    const { session } = this.#options;
    session.down.tookThrough(frame.committed);
    this.#endOnceTaken();
    if (frame.lastSent > session.standing.up && !session.isEnding) {
      this.close(CLOSE.protocolError); // the transport keeps order: what is missing will not come
      return;
    }
    if (frame.type === 'ping') {
      const { nonce, sentAtMs: echoMs } = frame;
      this.send(encodeFrame({ type: 'pong', ...this.#standing(nonce), echoMs }));
    }
  }

  #takeFin({ lastSeq }: FinFrame): void {
    const { session } = this.#options;
    if (lastSeq === session.standing.up) void session.finish().then(() => this.finished());
    else if (!session.isEnding) this.close(CLOSE.protocolError);
  }

  /** Until the client has all that it was told, its session is there to be taken up again. P17.5 */
  #endOnceTaken(): void {
    if (this.#owesFinAck) this.finished();
    const { session } = this.#options;
    const { down, downAcked } = session.standing;
    if (this.#hasAnsweredFin && downAcked >= down) session.retire();
  }

  #standing(nonce: number): Omit<PingFrame, 'type'> {
    const { session, clock } = this.#options;
    return {
      nonce,
      epoch: this.#epoch,
      lastSent: session.down.sentThrough,
      received: session.standing.up,
      committed: session.committed,
      maxSeq: this.#acks.grant(),
      sentAtMs: Math.round(clock.nowMs() - this.#startedAtMs),
    };
  }
}
