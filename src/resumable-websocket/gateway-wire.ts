/** A socket to our gateway: messages in frames of `tenuto.v1`, each acknowledged once it is in the log (PROTOCOL.md). */
import { BearerRenewal } from './bearer-renewal.ts';
import { DownAcks } from './down-acks.ts';
import { transient } from './ends.ts';
import { GatewayPings } from './gateway-pings.ts';
import {
  ackFrame,
  claimFacts,
  gapFrame,
  HOLE,
  MAX_MESSAGE_BYTES,
  messageFrame,
  messageOf,
  MOVED,
  setAsideOf,
} from './message-frames.ts';
import type { MessageSession } from './message-session.ts';
import type { GatewayWireOptions, Wire, WireHost } from './wire.ts';
import type { Failure } from '../../machines/failure.ts';
import type { Frame, SocketEnd } from '../ports/socket.ts';
import { CLOSE, classify } from '../protocol/close-codes.ts';
import { DATA_HEADER_BYTES, decodeFrame, encodeControl } from '../protocol/frames.ts';
import { PING_IDLE_MS, SEND_BUFFER_MAX_BYTES } from '../protocol/limits.ts';
import { SentWindow } from '../protocol/sent-window.ts';
import type {
  AckFrame,
  DataFrame,
  PingFrame,
  PongFrame,
  RefusedFrame,
  WelcomeFrame,
} from '../protocol/types.ts';
import { failureOfUntrusted } from '../providers/gateway/addresses.ts';
import { failureOfClose, failureOfRefusal } from '../providers/gateway/failures.ts';
import { Progress } from '../providers/gateway/progress.ts';

export class GatewayWire implements Wire {
  readonly bytesInSocket = 0; // they are in the outbox
  readonly #host: WireHost;
  readonly #session: MessageSession;
  readonly #options: GatewayWireOptions;
  #epoch = 0;
  #next = 0; // the message that is sent next
  #maxSeq = 0;
  readonly #onTheWay = new SentWindow();
  readonly #progress = new Progress();
  readonly #pings: GatewayPings;
  #sentAtMs = 0;
  readonly #acks: DownAcks;
  readonly #bearer: BearerRenewal;
  #refused: RefusedFrame | null = null;
  #saidGoodbye = false;
  #hasFinAck = false;

  constructor(host: WireHost, session: MessageSession, options: GatewayWireOptions) {
    this.#host = host;
    this.#session = session;
    this.#options = options;
    const { claim } = session;
    this.#pings = new GatewayPings(host.clock, () => ({
      epoch: this.#epoch,
      lastSent: this.#lastSeq,
      received: claim.received,
    }));
    this.#acks = new DownAcks(host.clock, () => this.#send(ackFrame(this.#epoch, claim.received)));
    this.#bearer = new BearerRenewal(host, claim, options.renew);
  }

  greet(): void {
    const { claim, nextSeq } = this.#session;
    const { app, wallClock } = this.#options;
    this.#send(encodeControl(claim.ask(claimFacts(app), nextSeq, 0, wallClock())));
  }

  hear(bytes: Frame): void {
    const frame = typeof bytes === 'string' ? null : decodeFrame(bytes);
    if (!this.#isPlausible(frame?.type ?? 'text')) {
      this.#host.misjudged();
      return;
    }
    this.#host.answered();
    switch (frame?.type) {
      case 'welcome':
        this.#welcomed(frame);
        return;
      case 'refused':
        this.#wasRefused(frame);
        return;
      case 'ack':
        this.#acknowledged(frame);
        return;
      case 'ping':
      case 'pong':
        this.#compare(frame);
        return;
      case 'data':
        this.#take(frame);
        return;
      case 'goAway':
        this.#passOver('goAway', this.#session.places?.sentTo(frame.to));
        this.#host.endsIn(frame.deadlineMs);
        return;
      case 'authOk':
        this.#bearer.endsIn(frame.expiresInMs);
        return;
      case 'finAck':
        this.#hasFinAck = true;
        this.#acks.pay();
        this.#host.owner.onFinished();
        return;
      default: // hints are for now; what is unknown is for newer clients
    }
  }

  onPong(): void {} // its own pings say more
  pump(): void {
    const { outbox } = this.#host;
    if (this.#epoch === 0 || this.#saidGoodbye) return;
    for (let next = outbox.at(this.#next); this.#maySend; next = outbox.at(this.#next)) {
      if (next === undefined || next.data === null) return;
      const isResent = this.#next < this.#session.sentThrough;
      this.#onTheWay.add(this.#lastSeq + 1, DATA_HEADER_BYTES + next.bytes);
      this.#host.flowed();
      this.#send(messageFrame(this.#epoch, this.#lastSeq + 1, next.data, isResent));
      this.#next += 1;
      this.#session.sentThrough = Math.max(this.#session.sentThrough, this.#next);
    }
  }

  beat(nowMs: number): void {
    if (nowMs - this.#sentAtMs >= PING_IDLE_MS) this.probe();
  }

  probe(): void {
    if (this.#epoch !== 0) this.#send(this.#pings.ping());
  }

  sayGoodbye(): void {
    if (this.#saidGoodbye || this.#epoch === 0) return;
    this.#saidGoodbye = true;
    this.#send(encodeControl({ type: 'fin', lastSeq: this.#lastSeq }));
  }

  failureOf(end: SocketEnd): Failure {
    if (this.#refused !== null) return failureOfRefusal(this.#refused, this.#options.app);
    if (end.code === CLOSE.fenced && this.#session.claim.epoch > this.#epoch) return MOVED;
    return this.#noted(failureOfClose(end, this.#hasFinAck), end.code);
  }

  ended(): void {
    this.#acks.stop();
    this.#bearer.stop();
    this.#session.detached(this.#epoch);
    this.#epoch = 0; // nothing is sent any more
  }

  get #lastSeq(): number {
    return this.#session.seqOf(this.#next) - 1;
  }

  get #maySend(): boolean {
    if (this.#session.isHeld || !this.#onTheWay.hasRoom) return false;
    return this.#lastSeq < this.#maxSeq && this.#host.bufferedBytes <= SEND_BUFFER_MAX_BYTES;
  }

  #isPlausible(type: string): boolean {
    return this.#options.isSure || this.#epoch !== 0 || type === 'welcome' || type === 'refused';
  }

  #send(frame: Uint8Array): void {
    this.#sentAtMs = this.#host.clock.nowMs();
    this.#host.send(frame);
  }

  #welcomed(frame: WelcomeFrame): void {
    if (this.#session.claim.take(frame) === 'stale') {
      this.#host.fail(transient('welcome', 'its welcome comes after a newer one'));
      return;
    }
    const { outbox, owner, address } = this.#host;
    this.#passOver('welcome', this.#session.places?.welcomedAt(address, frame.at));
    this.#epoch = frame.epoch;
    this.#maxSeq = frame.maxSeq;
    const { next, gap, losses } = this.#session.footing(frame, outbox, MAX_MESSAGE_BYTES);
    this.#next = next;
    this.#session.attached(() => this.pump());
    if (gap !== null) this.#send(gapFrame(this.#epoch, gap));
    for (const loss of losses) owner.onLoss(loss);
    this.#host.configured(frame.resumed);
  }

  /** Addresses that the user does not trust. P11.2 */
  #passOver(code: string, untrusted: readonly string[] = []): void {
    const failure = failureOfUntrusted(code, untrusted);
    if (failure !== null) this.#host.owner.onWarning(failure);
  }

  #wasRefused(frame: RefusedFrame): void {
    this.#refused = frame;
    const { owner, outbox } = this.#host;
    this.#passOver('refused', this.#session.places?.sentTo(frame.to ?? []));
    if (classify(frame.code, false).action === 'newSession') this.#session.places?.stay();
    for (const loss of this.#session.refused(outbox, frame)) owner.onLoss(loss);
    if (this.#session.claim.isConcludedBy(frame, 0)) owner.onEndedThere();
    else this.#host.fail(this.#noted(failureOfRefusal(frame, this.#options.app), frame.code));
  }

  /** The transport keeps order: what was sent before is here. */
  #compare(frame: PingFrame | PongFrame): void {
    if (frame.type === 'ping') this.#send(this.#pings.answerTo(frame));
    else this.#host.measured(this.#pings.answered(frame));
    const isHole = frame.epoch === this.#epoch && frame.lastSent > this.#session.claim.received;
    if (isHole) this.#host.fail(HOLE);
    else this.#acknowledged(frame);
  }

  #acknowledged(frame: AckFrame | PingFrame | PongFrame): void {
    if (frame.epoch !== this.#epoch) return;
    this.#onTheWay.committed(frame.committed);
    this.#maxSeq = Math.max(this.#maxSeq, frame.maxSeq);
    const { claim } = this.#session;
    const acked = Math.min(frame.committed, this.#lastSeq);
    if (acked > claim.acked) {
      this.#session.acknowledged(this.#host.outbox, acked);
      this.#host.settled(true);
    }
    const standstill = this.#progress.look(this.#lastSeq, claim.acked, this.#host.clock.nowMs());
    if (standstill !== null) this.#host.stalled(standstill);
    this.pump();
  }

  /** Once, and in order: what was here before is acknowledged again, and what leaves a hole is not taken. */
  #take(frame: DataFrame): void {
    if (frame.epoch !== this.#epoch) return;
    const ahead = this.#session.admit(frame.seq);
    if (ahead === 1) {
      this.#host.flowed();
      const loss = this.#session.lossIn(setAsideOf(frame));
      if (loss !== null) this.#host.owner.onLoss(loss);
      else this.#host.owner.onMessage(messageOf(frame));
    }
    if (ahead > 1) this.#host.fail(HOLE);
    else this.#acks.owe(frame.payload.length);
  }

  #noted(failure: Failure, code: number): Failure {
    const { claim } = this.#session;
    return claim.ended(failure, classify(code, this.#hasFinAck), this.#host.clock.nowMs());
  }
}
