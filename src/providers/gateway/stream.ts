/** One socket to the gateway: frames of `tenuto.v1`, both ways. What outlives it is in `Custody`. */
import { NO_BOUND } from './claim.ts';
import type { Custody, CustodyOptions } from './custody.ts';
import { failureOfClose, failureOfRefusal } from './failures.ts';
import { eventOf, passedOver } from './results.ts';
import type { AudioPlace, ProviderEvent, ProviderStream } from '../contract.ts';
import { objectIn } from '../wire/json.ts';
import type { Failure } from '../../../machines/failure.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Frame, SocketEnd } from '../../ports/socket.ts';
import { CLOSE, classify } from '../../protocol/close-codes.ts';
import { DATA_HEADER_BYTES, decodeFrame, encodeFrame, writeData } from '../../protocol/frames.ts';
import type {
  AckFrame,
  AuthOkFrame,
  DataFrame,
  PingFrame,
  PongFrame,
  RefusedFrame,
  WelcomeFrame,
} from '../../protocol/types.ts';

const BYTES_PER_SAMPLE = 2;
const MICROPHONE = 1;

/** A newer socket of this client has the session. */
const MOVED: Failure = {
  kind: 'planned',
  code: String(CLOSE.fenced),
  detail: 'the session goes on on another socket',
};

export class GatewayStream implements ProviderStream {
  readonly #custody: Custody;
  readonly #options: CustodyOptions;
  readonly #wallClock: WallClock;
  #epoch = 0;
  /** Sent on this socket, or in the log before it. */
  #sent = 0;
  #maxSeq = 0;
  #downFrom = 1; // the gateway's first on this socket
  #nonce = 0;
  #hasFinAck = false;
  #refused: RefusedFrame | null = null;
  #scratch = new Uint8Array(0);

  constructor(custody: Custody, options: CustodyOptions, wallClock: WallClock) {
    this.#custody = custody;
    this.#options = options;
    this.#wallClock = wallClock;
  }

  get hasCredit(): boolean {
    return this.#sent < this.#maxSeq;
  }

  encodeHello(): readonly Frame[] {
    return [encodeFrame(this.#custody.hello(this.#options, this.#wallClock()))];
  }

  encodeAudio(bytes: Uint8Array, place?: AudioPlace): Frame {
    const custody = this.#custody;
    const { sample, capturedAtMs } = place ?? { sample: 0, capturedAtMs: 0 };
    const { seq, isResent } = custody.numbers.place(sample, bytes.length / BYTES_PER_SAMPLE);
    this.#sent = seq;
    const frame = this.#scratchFor(DATA_HEADER_BYTES + bytes.length);
    writeData(frame, {
      channel: MICROPHONE,
      epoch: this.#epoch,
      seq,
      position: sample,
      capturedAtMs: custody.sinceStartMs(capturedAtMs),
      codec: 'pcm_s16le',
      isEndOfStream: false,
      isDiscontinuity: false,
      isRetransmission: isResent,
      isSpeech: false,
      payload: bytes,
    });
    return frame;
  }

  encodeLost(sample: number, nowMs: number): Frame | null {
    const lost = this.#custody.numbers.lose(this.#sent, sample);
    if (lost === null) return null;
    this.#sent = lost.toSeq;
    const atMs = this.#custody.sinceStartMs(nowMs);
    return encodeFrame({
      type: 'gap',
      channel: MICROPHONE,
      epoch: this.#epoch,
      fromSeq: lost.fromSeq,
      toSeq: lost.toSeq,
      position: lost.position,
      samplesLost: lost.samples,
      fromMs: atMs,
      toMs: atMs,
      cause: 'ringOverflow',
    });
  }

  encodeKeepAlive(): Frame | null {
    return this.encodeProbe();
  }
  encodeProbe(): Frame | null {
    if (this.#epoch === 0) return null;
    this.#nonce = (this.#nonce + 1) & 0xffff;
    return encodeFrame({ type: 'ping', ...this.#standing(this.#nonce) });
  }

  encodeFlush(): Frame | null {
    return this.encodeProbe(); // what is committed is told without being asked
  }

  encodeGoodbye(): Frame | null {
    return this.#epoch === 0 ? null : encodeFrame({ type: 'fin', lastSeq: this.#sent });
  }

  decode(bytes: Frame): readonly ProviderEvent[] {
    const frame = typeof bytes === 'string' ? null : decodeFrame(bytes);
    switch (frame?.type) {
      case 'welcome':
        return this.#welcomed(frame);
      case 'refused':
        this.#refused = frame;
        return [{ kind: 'failed', failure: this.#failureOf(failureOfRefusal(frame), frame.code) }];
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
        return [
          { kind: 'endAnnounced', inMs: frame.deadlineMs },
          ...passedOver(frame.to, this.#options.url),
        ];
      case 'authOk':
        return [this.#expiring(frame)];
      case 'finAck':
        this.#hasFinAck = true;
        return [{ kind: 'finished', samples: this.#custody.numbers.endOf(frame.up) }];
      default:
        return [{ kind: 'ignored', what: frame?.type ?? 'text' }];
    }
  }

  classifyEnd(end: SocketEnd): Failure {
    if (this.#refused !== null) return failureOfRefusal(this.#refused);
    if (end.code === CLOSE.fenced && this.#custody.epoch > this.#epoch) return MOVED;
    return this.#failureOf(failureOfClose(end, this.#hasFinAck), end.code);
  }

  /** Announced as any: another link, with a new bearer, takes over before it. */
  #expiring({ expiresInMs }: AuthOkFrame): ProviderEvent {
    return expiresInMs === null || this.#options.renewsBearer !== true
      ? { kind: 'ignored', what: 'a bearer that is not renewed' }
      : { kind: 'endAnnounced', inMs: expiresInMs };
  }

  #welcomed(frame: WelcomeFrame): readonly ProviderEvent[] {
    const throughSample = this.#custody.welcomed(frame);
    if (throughSample === null) {
      const detail = 'its welcome comes after a newer one';
      return [{ kind: 'failed', failure: { kind: 'transient', code: 'welcome', detail } }];
    }
    this.#epoch = frame.epoch;
    this.#sent = frame.resumed ? frame.up : 0;
    this.#maxSeq = frame.maxSeq;
    this.#downFrom = frame.downFrom;
    return [
      { kind: 'restored', resumed: frame.resumed, toolCallsCarried: 0, throughSample },
      { kind: 'configured' },
      ...passedOver([frame.at], this.#options.url),
    ];
  }

  #acknowledged(frame: AckFrame | PingFrame | PongFrame): readonly ProviderEvent[] {
    if (frame.epoch !== this.#epoch) return [];
    const custody = this.#custody;
    this.#maxSeq = Math.max(this.#maxSeq, frame.maxSeq);
    custody.acked = Math.max(custody.acked, Math.min(frame.committed, this.#sent));
    return [{ kind: 'committed', throughSample: custody.numbers.endOf(custody.acked) }];
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
    const hereThrough = Math.max(this.#custody.received, this.#downFrom - 1);
    return epoch === this.#epoch && lastSent > hereThrough ? this.#hole('a ping') : null;
  }

  #hole(what: string): readonly ProviderEvent[] {
    const detail = `${what} came after frame ${this.#custody.received}`;
    return [{ kind: 'failed', failure: { kind: 'transient', code: '4400', detail } }];
  }

  #answered(frame: PingFrame): readonly ProviderEvent[] {
    const { nonce, sentAtMs: echoMs } = frame;
    const pong = encodeFrame({ type: 'pong', ...this.#standing(nonce), echoMs });
    return [{ kind: 'send', frames: [pong] }, ...this.#acknowledged(frame)];
  }

  #acknowledgement(): ProviderEvent {
    const { received: committed } = this.#custody;
    const facts = { epoch: this.#epoch, committed, maxSeq: NO_BOUND, ackDelayMs: 0, ranges: [] };
    return { kind: 'send', frames: [encodeFrame({ type: 'ack', ...facts })] };
  }

  #failureOf(failure: Failure, code: number): Failure {
    return this.#custody.ended(failure, classify(code, this.#hasFinAck), this.#wallClock());
  }

  #standing(nonce: number): Omit<PingFrame, 'type'> {
    const { received } = this.#custody;
    return {
      nonce,
      epoch: this.#epoch,
      lastSent: this.#sent,
      received,
      committed: received,
      maxSeq: NO_BOUND,
      sentAtMs: 0,
    };
  }

  #scratchFor(bytes: number): Uint8Array {
    if (this.#scratch.length !== bytes) this.#scratch = new Uint8Array(bytes);
    return this.#scratch;
  }
}
