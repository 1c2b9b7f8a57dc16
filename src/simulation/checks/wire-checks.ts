/** Reads along on the wire: nothing is acknowledged that is not in the log, and a spent token opens nothing. */
import type { LogChecks } from './log-checks.ts';
import type { Report } from './report.ts';
import { RivalChecks } from './rival-checks.ts';
import { u32At } from '../../protocol/bytes.ts';
import { decodeFrame } from '../../protocol/frames.ts';
import { DOWN_LOG_MAX_BYTES, SEND_BUFFER_MAX_BYTES } from '../../protocol/limits.ts';
import type { HelloFrame, WelcomeFrame } from '../../protocol/types.ts';
import { FRAME_TYPE } from '../../protocol/wire.ts';
import type { ServerEnd, Wiretap } from '../world/server-end.ts';

/** A welcome is control JSON: whatever is no data, ack or sign of life. */
const FIRST_CONTROL = FRAME_TYPE.hint;
/** A gateway has let go of who says nothing for so long. */
const KEPT_AT_MOST_MS = 30_000;
/** In a frame of data. */
const SEQ_AT = 8;

/** Somebody changes what arrives. */
export type Mangle = (bytes: Uint8Array, end: ServerEnd) => readonly Uint8Array[] | null;

/** Whether a frame is lost on its way to a client. */
export type Loses = (end: ServerEnd, type: number, bytes: Uint8Array) => boolean;

export interface KnownToken {
  readonly token: string;
  readonly sessionId: string;
  readonly epoch: number;
  readonly client: number;
  /** What it was told with, and what was asked. */
  readonly welcome: WelcomeFrame;
  readonly hello: HelloFrame | null;
}

export class WireChecks implements Wiretap {
  readonly #report: Report;
  readonly #log: LogChecks;
  readonly #rivals = new RivalChecks();
  /** What becomes of frames of clients. */
  readonly mangles = new Set<Mangle>();
  /** Whether a frame of that type is lost on its way to a client. */
  readonly losing = new Set<Loses>();
  /** Hears what clients send, before anything befalls it. */
  onSent: ((end: ServerEnd, bytes: Uint8Array) => void) | null = null;
  /** By session: the tokens that were told, oldest first. */
  readonly tokens = new Map<string, KnownToken[]>();
  /** By session: what of its gateways' some client has acknowledged. */
  readonly downAcked = new Map<string, number>();
  /** By session: the newest epoch of which a client has sent something. */
  readonly usedEpochs = new Map<string, number>();

  constructor(report: Report, log: LogChecks) {
    this.#report = report;
    this.#log = log;
  }

  down(end: ServerEnd, bytes: Uint8Array): boolean {
    const type = bytes[0] ?? 0;
    for (const lose of this.losing) if (lose(end, type, bytes)) return false;
    this.#report.note(
      type * 65_536 + bytes.length,
      end.house.name,
      () => nameOf(bytes),
      end.client,
    );
    if (end.bufferedBytes > 0) this.#expectBounded(end, type);
    if (type !== FRAME_TYPE.data && type !== FRAME_TYPE.gap && type !== FRAME_TYPE.hint) {
      this.#look(end, bytes);
    }
    return true;
  }

  /** P13.7: of a frame that is added to what waits for its reader. */
  #expectBounded({ house, client, bufferedBytes }: ServerEnd, type: number): void {
    this.#report.sometimes('a gateway waited for a reader');
    const isMuch = bufferedBytes >= SEND_BUFFER_MAX_BYTES;
    if (isMuch) this.#report.sometimes('a gateway waited long for a reader');
    const isHintTooMany = isMuch && type === FRAME_TYPE.hint;
    if (!isHintTooMany && bufferedBytes <= DOWN_LOG_MAX_BYTES) return;
    const message = `${house.name} adds to ${bufferedBytes} bytes that wait for ${client} to read`;
    this.#report.violated('I8', message);
  }

  #look(end: ServerEnd, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    switch (frame.type) {
      case 'ack':
      case 'ping':
      case 'pong':
        this.#acknowledged(end, frame.committed);
        end.grantedSeq = Math.max(end.grantedSeq, frame.maxSeq);
        if (frame.type === 'ping') end.asked = frame;
        return;
      case 'welcome':
        this.#welcomed(end, frame);
        return;
      case 'refused':
        this.#report.sometimes(`refused: ${frame.code}`);
        return;
      case 'goAway':
        this.#report.sometimes('told to go');
        return;
      default:
        this.#report.sometimes(frame.type);
    }
  }

  up(end: ServerEnd, bytes: Uint8Array): readonly Uint8Array[] | null {
    const type = bytes[0] ?? 0;
    this.#report.note(
      type * 65_536 + bytes.length,
      end.client,
      () => nameOf(bytes),
      end.house.name,
    );
    if (end.sessionId !== '' && type <= FIRST_CONTROL) {
      this.usedEpochs.set(
        end.sessionId,
        Math.max(end.epoch, this.usedEpochs.get(end.sessionId) ?? 0),
      );
    }
    if (end.sessionId !== '') this.#expectHeeded(end, type, bytes);
    else if (type === FRAME_TYPE.hello) this.#greeted(end, bytes);
    this.onSent?.(end, bytes);
    for (const mangle of this.mangles) {
      const instead = mangle(bytes, end);
      if (instead !== null) return instead;
    }
    return null;
  }

  #greeted(end: ServerEnd, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (frame.type === 'hello') end.hello = frame;
  }

  /** P15.5 */
  gone({ house, client, silentMs }: ServerEnd): void {
    // Who stood still meanwhile has missed nobody.
    const isExcused =
      house.process.isDead || this.#report.isUnder((kind) => kind === 'freeze', house.index);
    if (silentMs < KEPT_AT_MOST_MS || isExcused) return;
    const silentFor = `${Math.round(silentMs / 1_000)} s`;
    this.#report.violated('I19', `${house.name} keeps ${client}, silent for ${silentFor}`);
  }

  /** Of what its gateway has told it: how far it may send, and what it should have. */
  #expectHeeded(end: ServerEnd, type: number, bytes: Uint8Array): void {
    if (type === FRAME_TYPE.ack) {
      const before = this.downAcked.get(end.sessionId) ?? 0;
      this.downAcked.set(end.sessionId, Math.max(before, u32At(bytes, SEQ_AT)));
    }
    if (type === FRAME_TYPE.data && u32At(bytes, SEQ_AT) > end.grantedSeq) {
      const message = `${end.client} sends ${u32At(bytes, SEQ_AT)}, and may send ${end.grantedSeq}`;
      this.#report.violated('I8', message);
    }
    if (type === FRAME_TYPE.pong) this.#answered(end, bytes);
  }

  /** What was sent before a PING has come when the PING has: whoever misses some of it does not answer (P7.4). */
  #answered({ asked, hasThrough, client }: ServerEnd, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (frame.type !== 'pong' || frame.nonce !== asked?.nonce) return;
    const has = Math.max(frame.committed, hasThrough);
    if (has >= asked.lastSent) return;
    const message = `${client} answers that it has ${has}, to who has sent ${asked.lastSent}`;
    this.#report.violated('I5', message);
  }

  #acknowledged({ sessionId, epoch, house }: ServerEnd, committed: number): void {
    if (sessionId === '') return; // its WELCOME was lost
    const inLog = this.#log.committed(sessionId, epoch);
    if (committed <= inLog) return;
    const message = `${house.name} acknowledged ${committed} where ${inLog} are in the log`;
    this.#report.violated('I3', message);
  }

  #welcomed(end: ServerEnd, welcome: WelcomeFrame): void {
    const { sid, epoch, up, resume, resumed, maxSeq, downFrom } = welcome;
    end.sessionId = sid;
    end.epoch = epoch;
    end.grantedSeq = maxSeq;
    end.hasThrough = downFrom - 1;
    this.#report.sometimes(resumed ? 'resumed' : 'begun');
    this.#acknowledged(end, up);
    const tokens = this.tokens.get(sid) ?? [];
    const { hello, clientIndex: client } = end;
    tokens.push({ token: resume, sessionId: sid, epoch, client, welcome, hello });
    this.tokens.set(sid, tokens);
    if (hello === null) return;
    const wrong = this.#rivals.welcomed(sid, hello.inst, end.house.nowMs);
    const isTimed = !this.#report.isUnder((kind) => kind === 'wallClockJump'); // gateways count by their wall clocks
    if (wrong !== null && isTimed) this.#report.violated('I12', wrong);
  }
}

function nameOf(bytes: Uint8Array): string {
  const frame = decodeFrame(bytes);
  switch (frame.type) {
    case 'data':
      return `data ${frame.seq} (${frame.codec}, epoch ${frame.epoch})`;
    case 'gap':
      return `gap ${frame.fromSeq}–${frame.toSeq}`;
    case 'ack':
      return `ack ${frame.committed}, up to ${frame.maxSeq}`;
    case 'ping':
    case 'pong':
      return `${frame.type} (sent ${frame.lastSent}, committed ${frame.committed})`;
    case 'hello':
      return `hello, ${frame.mode}, attempt ${frame.att}, acked ${frame.acked}`;
    case 'welcome':
      return `welcome, epoch ${frame.epoch}, ${frame.resumed ? 'resumed' : 'new'}, up ${frame.up}`;
    case 'refused':
      return `refused ${frame.code} ${frame.reason}`;
    default:
      return frame.type;
  }
}
