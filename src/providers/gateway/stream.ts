/** One socket to the gateway: frames of `tenuto.v1`, both ways. What outlives it is in `Custody`. */
import type { Custody, CustodyOptions } from './custody.ts';
import { Ending } from './ending.ts';
import { failedBy } from './failures.ts';
import { acknowledgementOf, gapOf, standingOf, writeAudio } from './framing.ts';
import { Progress } from './progress.ts';
import { eventOf, expiring, passedOver } from './results.ts';
import type { AudioPlace, ProviderEvent, ProviderStream } from '../contract.ts';
import { objectIn } from '../wire/json.ts';
import type { Failure } from '../../../machines/failure.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Frame, SocketEnd } from '../../ports/socket.ts';
import { DATA_HEADER_BYTES } from '../../protocol/data-frame.ts';
import { decodeFrame, encodeControl, encodePing } from '../../protocol/frames.ts';
import { SentWindow } from '../../protocol/sent-window.ts';
import type {
  AckFrame,
  DataFrame,
  GoAwayFrame,
  PingFrame,
  PongFrame,
  WelcomeFrame,
} from '../../protocol/types.ts';

const BYTES_PER_SAMPLE = 2;
const TEXT = { type: 'malformed', what: 'a text' } as const; // P2.1

export class GatewayStream implements ProviderStream {
  readonly #custody: Custody;
  readonly #options: CustodyOptions;
  readonly #wallClock: WallClock;
  readonly #addressOf: () => string;
  readonly #ending: Ending;
  readonly #progress = new Progress();
  /** Which of the client's dials this is, and where finals ended when it asked: they may go on by the link that was. */
  #asked = { att: 0, fin: 0 };
  #epoch = 0;
  /** Sent on this socket, or in the log before it. */
  #sent = 0;
  #maxSeq = 0;
  readonly #onTheWay = new SentWindow();
  #downFrom = 1; // the gateway's first on this socket
  #nonce = 0;
  #scratch = new Uint8Array(0);

  /** @param addressOf where its socket was dialled. */
  constructor(
    custody: Custody,
    options: CustodyOptions,
    wallClock: WallClock,
    addressOf: () => string,
  ) {
    this.#custody = custody;
    this.#options = options;
    this.#wallClock = wallClock;
    this.#addressOf = addressOf;
    this.#ending = new Ending(custody);
  }

  get hasCredit(): boolean {
    return this.#sent < this.#maxSeq && this.#onTheWay.hasRoom;
  }

  encodeHello(): readonly Frame[] {
    const hello = this.#custody.hello(this.#options, this.#wallClock());
    this.#asked = hello;
    return [encodeControl(hello)];
  }

  encodeAudio(bytes: Uint8Array, place?: AudioPlace): Frame {
    const custody = this.#custody;
    const { sample, capturedAtMs } = place ?? { sample: 0, capturedAtMs: 0 };
    const { seq, isResent } = custody.numbers.place(sample, bytes.length / BYTES_PER_SAMPLE);
    this.#sent = seq;
    this.#onTheWay.add(seq, DATA_HEADER_BYTES + bytes.length);
    const frame = this.#scratchFor(DATA_HEADER_BYTES + bytes.length);
    const sinceStartMs = custody.sinceStartMs(capturedAtMs);
    writeAudio(frame, this.#epoch, seq, isResent, sample, sinceStartMs, bytes);
    return frame;
  }

  encodeLost(sample: number, capturedAtMs: number): Frame | null {
    const lost = this.#custody.numbers.lose(this.#sent, sample);
    if (lost === null) return null;
    this.#sent = lost.toSeq;
    return gapOf(lost, this.#epoch, this.#custody.sinceStartMs(capturedAtMs));
  }

  encodeKeepAlive(): Frame | null {
    return this.encodeProbe();
  }
  encodeProbe(): Frame | null {
    if (this.#epoch === 0) return null;
    this.#nonce = (this.#nonce + 1) & 0xffff;
    return encodePing({ type: 'ping', ...this.#standing(this.#nonce) });
  }

  encodeFlush(): Frame | null {
    return this.encodeProbe(); // what is committed is told without being asked
  }

  encodeGoodbye(): Frame | null {
    if (this.#epoch === 0) return null;
    this.#custody.goodbyeAt = this.#sent;
    return encodeControl({ type: 'fin', lastSeq: this.#sent });
  }

  async renewCredential(): Promise<Frame> {
    const { renew } = this.#options;
    if (renew === undefined) throw new TypeError('there is nobody to ask for a bearer');
    const bearer = await renew();
    this.#custody.bearer = bearer;
    return encodeControl({ type: 'auth', auth: bearer });
  }

  decode(bytes: Frame): readonly ProviderEvent[] {
    const frame = typeof bytes === 'string' ? TEXT : decodeFrame(bytes);
    switch (frame.type) {
      case 'welcome':
        return this.#welcomed(frame);
      case 'refused':
        return this.#ending.refused(frame);
      case 'ack':
        return this.#acknowledged(frame);
      case 'data':
        return this.#said(frame);
      case 'hint':
        return [eventOf(Object(frame.json) as Readonly<Record<string, unknown>>)];
      case 'ping':
        return this.#holeBefore(frame) ?? this.#answered(frame);
      case 'pong':
        return this.#holeBefore(frame) ?? [{ kind: 'pong' }, ...this.#acknowledged(frame)];
      case 'goAway':
        return this.#sentAway(frame);
      case 'authOk':
        return [expiring(frame, this.#options.renew !== undefined)];
      case 'finAck':
        if (this.#isMissing(frame.lastSeq)) return this.#hole('the end');
        this.#ending.hasFinAck = true;
        return [{ kind: 'finished', samples: this.#custody.numbers.endOf(frame.up) }];
      case 'malformed':
        return failedBy(`what came is no frame: ${frame.what}`); // P3.5
      default:
        return [{ kind: 'ignored', what: frame.type }];
    }
  }

  classifyEnd(end: SocketEnd): Failure {
    return this.#ending.failureOf(end, this.#asked.att);
  }

  decodeEnd(end: SocketEnd): readonly ProviderEvent[] {
    return this.#ending.eventsOf(end);
  }

  /** All clients of a gateway that ends are told so: each goes at a moment of its own (P17.2). */
  #sentAway({ deadlineMs, to }: GoAwayFrame): readonly ProviderEvent[] {
    const away: ProviderEvent = { kind: 'endAnnounced', inMs: deadlineMs, isForMany: true };
    return [...passedOver('goAway', this.#custody.addresses.sentTo(to)), away];
  }

  #welcomed(frame: WelcomeFrame): readonly ProviderEvent[] {
    const lost = this.#lostBy(frame);
    const throughSample = this.#custody.welcomed(frame, this.#asked.fin);
    if (throughSample === null) return failedBy('its welcome comes after a newer one', 'welcome');
    const untrusted = this.#custody.addresses.welcomedAt(this.#addressOf(), frame.at);
    this.#epoch = frame.epoch;
    this.#sent = frame.resumed ? frame.up : 0;
    this.#maxSeq = frame.maxSeq;
    this.#downFrom = frame.downFrom;
    const { resumed, durability } = frame;
    return [
      { kind: 'keeping', durability },
      ...lost,
      { kind: 'restored', resumed, toolCallsCarried: 0, throughSample },
      { kind: 'configured' },
      ...passedOver('welcome', untrusted),
    ];
  }

  /** Another session than the one that was: what is known of that one is told before it is forgotten. */
  #lostBy({ resumed, epoch }: WelcomeFrame): readonly ProviderEvent[] {
    const custody = this.#custody;
    if (resumed || custody.epoch === 0 || epoch <= custody.epoch) return [];
    const acknowledgedSample = custody.numbers.endOf(custody.acked);
    return [{ kind: 'sessionLost', acknowledgedSample, fromSample: this.#asked.fin }];
  }

  #acknowledged(frame: AckFrame | PingFrame | PongFrame): readonly ProviderEvent[] {
    if (frame.epoch !== this.#epoch) return [];
    const custody = this.#custody;
    this.#onTheWay.committed(frame.committed);
    this.#maxSeq = Math.max(this.#maxSeq, frame.maxSeq);
    const acked = Math.max(custody.acked, Math.min(frame.committed, this.#sent));
    if (acked > custody.acked) custody.blame.progressed();
    custody.acked = acked;
    const standstill = this.#progress.look(this.#sent, acked, custody.clock.nowMs());
    return [
      { kind: 'committed', throughSample: custody.numbers.endOf(acked) },
      ...(standstill === null ? [] : [{ kind: 'standstill' as const, ...standstill }]),
    ];
  }

  #said({ epoch, seq, codec, payload }: DataFrame): readonly ProviderEvent[] {
    const custody = this.#custody;
    if (epoch !== this.#epoch || seq <= custody.received) return [this.#acknowledgement()];
    if (seq > Math.max(custody.received + 1, this.#downFrom)) return this.#hole(`frame ${seq}`); // P14.1
    custody.received = seq;
    const said = codec === 'json' ? objectIn(payload) : null;
    if (said === null) return [this.#acknowledgement()];
    const event = eventOf(said);
    if (event.kind === 'transcript') {
      if (event.endSample <= custody.fin) return [this.#acknowledgement()]; // told by a session before
      custody.fin = event.endSample;
    }
    return [event, this.#acknowledgement()];
  }

  /** The transport keeps order: what was sent before is here. Null where it is. P7.4 */
  #holeBefore({ epoch, lastSent }: PingFrame | PongFrame): readonly ProviderEvent[] | null {
    return epoch === this.#epoch && this.#isMissing(lastSent) ? this.#hole('a ping') : null;
  }

  #isMissing(lastSent: number): boolean {
    return lastSent > Math.max(this.#custody.received, this.#downFrom - 1);
  }

  #hole(what: string): readonly ProviderEvent[] {
    return failedBy(`${what} came after frame ${this.#custody.received}`);
  }

  #answered(frame: PingFrame): readonly ProviderEvent[] {
    const { nonce, sentAtMs: echoMs } = frame;
    const pong = encodePing({ type: 'pong', ...this.#standing(nonce), echoMs });
    return [{ kind: 'send', frames: [pong] }, ...this.#acknowledged(frame)];
  }

  #acknowledgement(): ProviderEvent {
    return { kind: 'send', frames: [acknowledgementOf(this.#custody.received, this.#epoch)] };
  }

  #standing(nonce: number): Omit<PingFrame, 'type'> {
    return standingOf(nonce, this.#epoch, this.#sent, this.#custody.received);
  }

  #scratchFor(bytes: number): Uint8Array {
    if (this.#scratch.length !== bytes) this.#scratch = new Uint8Array(bytes);
    return this.#scratch;
  }
}
