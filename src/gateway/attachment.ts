/** One socket of a session, from the welcome to its end: frames in, acknowledgements out, and whether anybody is there. */
import { ClientRate } from './admission/client-rate.ts';
import type { AdmissionLimits } from './admission/limits.ts';
import type { Principal } from './auth/principal.ts';
import type { Counters } from './counters.ts';
import type { GatewaySocket } from './gateway-socket.ts';
import type { Refusal } from './refusal.ts';
import type { Client, GatewaySession } from './session.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import { CLOSE, reasonOf } from '../protocol/close-codes.ts';
import type { CloseCode } from '../protocol/close-codes.ts';
import { DATA_HEADER_BYTES, encodeFrame } from '../protocol/frames.ts';
import {
  DOWN_LOG_MAX_BYTES,
  PING_IDLE_MS,
  SEND_BUFFER_MAX_BYTES,
  SERVER_DEAD_MS,
} from '../protocol/limits.ts';
import type {
  AckFrame,
  AuthFrame,
  DataFrame,
  FinFrame,
  GapFrame,
  PingFrame,
  PongFrame,
  ProtocolFrame,
} from '../protocol/types.ts';

/** Acknowledgements are coarse, at 50 chunks a second one for eight; within ACK_MAX_INTERVAL_MS. P13.2 */
const ACK_EVERY_MS = 170;

/** What a client's chunks usually last: how many it may send at first is reckoned by it. */
const USUAL_CHUNK_MS = 100;
/** New bearers that wait to be looked at. */
const MAX_RENEWALS = 3;

export interface AttachmentOptions {
  readonly session: GatewaySession;
  readonly socket: GatewaySocket;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly limits: AdmissionLimits;
  readonly counters: Counters;
  /** Who was let in. */
  readonly principal: Principal;
  /** Who a new bearer was issued to. */
  readonly renew: (bearer: string) => Promise<Principal | Refusal>;
  /** It was somebody else. */
  readonly onForeignBearer: () => void;
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
  readonly #rate: ClientRate;
  /** By the wall clock; null: the bearer does not expire. */
  #expiresAtMs: number | null;
  #renewals = 0;
  #renewed: Promise<void> = Promise.resolve();
  #receivedAtMs: number;
  #sentAtMs: number;
  #nonce = 0;
  #hasAnsweredFin = false;
  #isOver = false;

  constructor(options: AttachmentOptions) {
    this.#options = options;
    this.#epoch = options.session.epoch;
    this.#startedAtMs = options.clock.nowMs();
    this.#receivedAtMs = this.#startedAtMs;
    this.#sentAtMs = this.#startedAtMs;
    this.#expiresAtMs = options.principal.expiresAtMs ?? null;
    const { sampleRateHz } = options.session.card.audio;
    const usualBytes = (sampleRateHz / 1_000) * USUAL_CHUNK_MS * BYTES_PER_SAMPLE;
    this.#rate = new ClientRate(options.limits, usualBytes + DATA_HEADER_BYTES, this.#startedAtMs);
    this.#grantedSeq = this.#edge();
    this.#acked = options.session.committed;
    this.#pulse();
  }

  /** @param bytes what `frame` was read from; only valid during the call. */
  take(bytes: Uint8Array, frame: ProtocolFrame): void {
    this.heard();
    if (!this.#rate.take(bytes.length, this.#receivedAtMs)) {
      this.close(CLOSE.rate);
      return;
    }
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
      case 'auth':
        this.#takeAuth(frame);
        return;
      default:
        this.close(CLOSE.protocolError);
    }
  }

  /** How far the client may send. */
  get grantedSeq(): number {
    return this.#grantedSeq;
  }

  /** So that the client brings a new bearer in time: its own clock may be wrong. Nothing where it does not expire. */
  tellExpiry(): void {
    if (this.#expiresAtMs !== null) this.#sendAuthOk();
  }

  /** Any byte is a sign of life. */
  heard(): void {
    this.#receivedAtMs = this.#options.clock.nowMs();
  }

  send(frame: Uint8Array): void {
    if (this.#isOver) return;
    const { socket, clock } = this.#options;
    this.#sentAtMs = clock.nowMs();
    this.#options.counters.framesOut += 1;
    this.#options.counters.bytesOut += frame.length;
    socket.send(frame);
    if (socket.bufferedBytes > DOWN_LOG_MAX_BYTES) this.close(CLOSE.rate);
  }

  hint(frame: Uint8Array): void {
    if (this.#options.socket.bufferedBytes < SEND_BUFFER_MAX_BYTES) this.send(frame);
  }

  committed(): void {
    if (this.#isOver) return;
    const { clock } = this.#options;
    if (this.#ackTimer !== null) {
      if (!this.#isMuchToGrant()) return;
      clock.clearTimeout(this.#ackTimer);
      this.#ackTimer = null;
      this.#acknowledge();
      return;
    }
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
    const { session, counters } = this.#options;
    const to = frame.type === 'data' ? frame.seq : frame.toSeq;
    if (frame.epoch !== this.#epoch) this.close(CLOSE.fenced);
    else if (to > this.#grantedSeq) this.close(CLOSE.overCredit);
    else if (session.take(bytes, frame)) {
      session.tokenArrived();
      if (to === this.#grantedSeq) counters.creditStalls += 1;
    } else this.close(CLOSE.protocolError);
  }

  #takeAck({ epoch, committed }: AckFrame): void {
    if (epoch !== this.#epoch) return;
    this.#options.session.tokenArrived();
    this.#options.session.tookThrough(committed);
    this.#endOnceTaken();
  }

  #takePing(frame: PingFrame | PongFrame): void {
    if (frame.epoch !== this.#epoch) return;
    const { session } = this.#options;
    session.tokenArrived();
    session.tookThrough(frame.committed);
    this.#endOnceTaken();
    if (frame.lastSent > session.received) {
      this.close(CLOSE.protocolError); // the transport keeps order: what is missing will not come
      return;
    }
    if (frame.type === 'ping') {
      const { nonce, sentAtMs: echoMs } = frame;
      this.send(encodeFrame({ type: 'pong', ...this.#standing(nonce), echoMs }));
    }
  }

  #takeAuth({ auth }: AuthFrame): void {
    if (this.#renewals >= MAX_RENEWALS) {
      this.close(CLOSE.rate);
      return;
    }
    this.#renewals += 1;
    this.#renewed = this.#renewed.then(() => this.#renew(auth));
  }

  /** A bearer that is not believed ends the socket; where nobody can say, the one before it goes on. */
  async #renew(bearer: string): Promise<void> {
    const { session, renew, onForeignBearer } = this.#options;
    const renewed = await renew(bearer);
    this.#renewals -= 1;
    if (this.#isOver) return;
    if ('kind' in renewed) {
      if (renewed.code === CLOSE.capacity) this.#sendAuthOk();
      else this.close(renewed.code as CloseCode);
    } else if (renewed.subject !== session.card.subject) {
      onForeignBearer();
      this.close(CLOSE.badResumeToken);
    } else {
      this.#expiresAtMs = renewed.expiresAtMs ?? null;
      this.#sendAuthOk();
    }
  }

  #sendAuthOk(): void {
    const leftMs = (this.#expiresAtMs ?? 0) - this.#options.wallClock();
    const expiresInMs = this.#expiresAtMs === null ? null : Math.max(0, Math.round(leftMs));
    this.send(encodeFrame({ type: 'authOk', expiresInMs }));
  }

  async #takeFin({ lastSeq }: FinFrame): Promise<void> {
    const { session } = this.#options;
    if (lastSeq !== session.received) {
      this.close(CLOSE.protocolError);
      return;
    }
    await session.finish();
    if (this.#isOver) return; // it is asked again on the next attachment, or nobody comes
    this.#acknowledge();
    this.send(encodeFrame({ type: 'finAck', up: session.committed, lastSeq: session.lastSeq }));
    this.#hasAnsweredFin = true;
    this.#endOnceTaken();
  }

  /** Until the client has all that it was told, its session is there to be taken up again. P17.5 */
  #endOnceTaken(): void {
    const { session } = this.#options;
    if (this.#hasAnsweredFin && session.downAcked >= session.lastSeq) void session.retire();
  }

  #acknowledge(): void {
    if (this.#isOver) return;
    const { committed } = this.#options.session;
    const maxSeq = this.#edge();
    if (committed !== this.#acked || maxSeq !== this.#grantedSeq) {
      this.#ackedAtMs = this.#options.clock.nowMs();
      this.#acked = committed;
      this.#grantedSeq = maxSeq;
      const rest = { ackDelayMs: 0, ranges: [] };
      this.send(encodeFrame({ type: 'ack', epoch: this.#epoch, committed, maxSeq, ...rest }));
    }
    this.#grantSoon();
  }

  /** Half of the window: who sends that fast would stand still until the next acknowledgement. P13.2 */
  #isMuchToGrant(): boolean {
    const { maxSeq, committed } = this.#options.session;
    const news = this.#edge() - this.#grantedSeq;
    return news > 0 && 2 * news >= maxSeq - committed;
  }

  /** As far as the session has room and the client's rate allows; never less than it was. */
  #edge(): number {
    const { session, clock } = this.#options;
    const allowed = session.received + this.#rate.allowance(clock.nowMs());
    return Math.max(this.#grantedSeq, Math.min(session.maxSeq, allowed));
  }

  /** Who was too fast is told as soon as it may go on: it sends nothing that would be acknowledged meanwhile. */
  #grantSoon(): void {
    const { session, clock } = this.#options;
    const isHeldBack = this.#grantedSeq < session.maxSeq && !this.#rate.isFull(clock.nowMs());
    if (!isHeldBack || this.#ackTimer !== null || this.#isOver) return;
    this.#ackTimer = clock.setTimeout(() => {
      this.#ackTimer = null;
      this.#acknowledge();
    }, ACK_EVERY_MS);
  }

  /** Asks who says nothing, and lets go of who does not answer. The client may be asleep: the session stays. */
  #pulse(): void {
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    if (nowMs - this.#receivedAtMs >= SERVER_DEAD_MS) {
      this.close(CLOSE.heartbeat);
      return;
    }
    if (this.#expiresAtMs !== null && this.#options.wallClock() >= this.#expiresAtMs) {
      this.close(CLOSE.unauthorised);
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
    this.#grantedSeq = this.#edge();
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
