/** One socket of a session, from the welcome to its end: what comes in goes where it belongs. */
import { Acknowledging } from './acknowledging.ts';
import type { AcknowledgingOptions } from './acknowledging.ts';
import type { Principal } from './auth/principal.ts';
import { BearerTerm } from './bearer-term.ts';
import type { BearerTermEnd } from './bearer-term.ts';
import type { Counters } from './counters.ts';
import type { GatewaySocket } from './gateway-socket.ts';
import type { Client } from './down-stream.ts';
import type { Refusal } from './refusal.ts';
import type { GatewaySession } from './session.ts';
import { SignsOfLife } from './signs-of-life.ts';
import type { SignsOfLifeEnd, SignsOfLifeOptions } from './signs-of-life.ts';
import type { TurnedAway } from './turned-away.ts';
import type { WallClock } from '../ports/clock.ts';
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

/** What an attachment needs of its gateway. */
export interface AttachmentOptions extends SignsOfLifeOptions, AcknowledgingOptions {
  readonly wallClock: WallClock;
  readonly counters: Counters;
  /** Who a new bearer in mid-session was issued to. */
  renew(bearer: string, socket: GatewaySocket): Promise<Principal | Refusal>;
  readonly turnedAway: TurnedAway;
}

export class Attachment implements Client, SignsOfLifeEnd, BearerTermEnd {
  readonly #options: AttachmentOptions;
  readonly #end: { onGone(): void };
  readonly session: GatewaySession;
  readonly #socket: GatewaySocket;
  /** A frame of an attachment before has another. */
  readonly #epoch: number;
  readonly #startedAtMs: number;
  readonly #acks: Acknowledging;
  readonly #bearer: BearerTerm;
  readonly #signs: SignsOfLife;
  #hasAnsweredFin = false;
  #owesFinAck = false;
  #isOver = false;

  constructor(
    options: AttachmentOptions,
    end: { onGone(): void },
    socket: GatewaySocket,
    session: GatewaySession,
    principal: Principal,
  ) {
    this.#options = options;
    this.#end = end;
    this.#socket = socket;
    this.session = session;
    this.#epoch = session.standing.epoch;
    this.#startedAtMs = options.clock.nowMs();
    this.#acks = new Acknowledging(options, session, this);
    this.#bearer = new BearerTerm(principal, options.wallClock, this);
    this.#signs = new SignsOfLife(options, this);
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
    this.#signs.sent();
    this.#options.counters.sent(frame);
    this.#socket.send(frame);
    if (this.#socket.bufferedBytes > DOWN_LOG_MAX_BYTES) this.close(CLOSE.rate);
  }

  hint(frame: Uint8Array): void {
    if (this.#socket.bufferedBytes < SEND_BUFFER_MAX_BYTES) this.send(frame);
  }

  ping(nonce: number): void {
    this.send(encodeFrame({ type: 'ping', ...this.#standing(nonce) }));
  }

  get objection(): CloseCode | null {
    return this.#bearer.isExpired ? CLOSE.unauthorised : null;
  }

  renew(bearer: string): Promise<Principal | Refusal> {
    return this.#options.renew(bearer, this.#socket);
  }

  onForeignBearer(): void {
    this.#options.turnedAway.foreignBearer(this.session, this.#socket);
  }

  committed(): void {
    this.#acks.committed();
  }

  finished(): void {
    if (this.#isOver || this.#hasAnsweredFin || !this.session.isKept) return;
    const { committed: up, standing, down } = this.session;
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
    this.#options.turnedAway.attached(code, this.session, this.#socket, this.#bearer);
    if (code === CLOSE.draining) this.#acks.tell(); // what is committed need not be sent again
    this.#socket.close(code, reasonOf(code));
    this.ended();
  }

  /** The socket is gone. */
  ended(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#acks.stop();
    this.#bearer.stop();
    this.#signs.stop();
    this.session.detach(this);
    this.#end.onGone();
  }

  /** Whoever speaks on this attachment has had its WELCOME; FIN and AUTH name no epoch. P12.5 */
  #tokenArrived(frame: ProtocolFrame): void {
    const epoch = 'epoch' in frame ? frame.epoch : this.#epoch;
    if (epoch === this.#epoch) this.session.tokenArrived();
  }

  #takeUp(bytes: Uint8Array, frame: DataFrame | GapFrame, atMs: number): void {
    const to = frame.type === 'data' ? frame.seq : frame.toSeq;
    const isBeyond = frame.type === 'data' && to > this.grantedSeq; // P13.4
    if (frame.epoch !== this.#epoch) this.close(CLOSE.fenced);
    else if (isBeyond) this.close(CLOSE.overCredit);
    else {
      const wrong = this.session.take(bytes, frame, atMs);
      if (wrong === null) this.#acks.took();
      else this.close(wrong);
      if (to === this.grantedSeq) this.#options.counters.creditStalls += 1;
    }
  }

  #takeAck({ epoch, committed }: AckFrame): void {
    if (epoch !== this.#epoch) return;
    this.session.down.tookThrough(committed);
    this.#endOnceTaken();
  }

  #takePing(frame: PingFrame | PongFrame): void {
    if (frame.epoch !== this.#epoch) return;
    const session = this.session;
    session.down.tookThrough(frame.committed);
    this.#endOnceTaken();
    // The transport keeps order: what is missing will not come.
    if (frame.lastSent > session.standing.up && !session.isEnding) this.close(CLOSE.protocolError);
    else if (frame.type === 'ping') {
      const { nonce, sentAtMs: echoMs } = frame;
      this.send(encodeFrame({ type: 'pong', ...this.#standing(nonce), echoMs }));
    }
  }

  #takeFin({ lastSeq }: FinFrame): void {
    const { session } = this;
    if (lastSeq === session.standing.up) void session.finish().then(() => this.finished());
    else if (!session.isEnding) this.close(CLOSE.protocolError);
  }

  /** Until the client has all that it was told, its session is there to be taken up again. P17.5 */
  #endOnceTaken(): void {
    if (this.#owesFinAck) this.finished();
    const { down, downAcked } = this.session.standing;
    if (this.#hasAnsweredFin && downAcked >= down) this.session.retire();
  }

  #standing(nonce: number): Omit<PingFrame, 'type'> {
    const session = this.session;
    return {
      nonce,
      epoch: this.#epoch,
      lastSent: session.down.sentThrough,
      received: session.standing.up,
      committed: session.committed,
      maxSeq: this.#acks.grant(),
      sentAtMs: Math.round(this.#options.clock.nowMs() - this.#startedAtMs),
    };
  }
}
