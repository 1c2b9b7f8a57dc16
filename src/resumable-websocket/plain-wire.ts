/**
 * A WebSocket server as any other. It acknowledges nothing; but it answers pings, in order (RFC 6455, section 5.5.3), so
 * what was sent before a ping that was answered has arrived. Of the rest nobody knows when the connection breaks.
 */
import type { Amount } from './outbox.ts';
import type { Wire, WireHost } from './wire.ts';
import type { Failure } from '../../machines/failure.ts';
import type { Frame, SocketEnd } from '../ports/socket.ts';
import { retryAfterMsOf } from '../providers/retry-hints.ts';
import { detailOf } from '../providers/wire/detail.ts';
import { SEND_BUFFER_MAX_BYTES } from '../protocol/limits.ts';

const NOTHING: Amount = { messages: 0, bytes: 0 };

export class PlainWire implements Wire {
  readonly #host: WireHost;
  /** Sent before the ping that is under way, and since. */
  #asked: Amount = NOTHING;
  #unasked: Amount = NOTHING;
  /** When the ping went out that is not answered yet. There is never a second one: answers have no names here. */
  #pingedAtMs: number | null = null;
  /** Of messages, since the socket was last empty. */
  #bytesSinceEmpty = 0;
  #isOver = false;

  constructor(host: WireHost) {
    this.#host = host;
  }

  get bytesInSocket(): number {
    const { bufferedBytes } = this.#host;
    if (bufferedBytes === 0) this.#bytesSinceEmpty = 0;
    return Math.min(this.#bytesSinceEmpty, bufferedBytes);
  }

  greet(): void {
    this.#host.configured(false);
  }

  hear(frame: Frame): void {
    this.#host.answered();
    this.#host.flowed();
    this.#host.owner.onMessage(typeof frame === 'string' ? frame : new Uint8Array(frame));
  }

  onPong(): void {
    this.#host.answered();
    if (this.#pingedAtMs === null) return;
    this.#host.measured(this.#host.clock.nowMs() - this.#pingedAtMs);
    this.#pingedAtMs = null;
    this.#asked = NOTHING;
  }

  pump(): void {
    const { outbox } = this.#host;
    let next = outbox.at(outbox.settled);
    while (next !== undefined && next.data !== null && !this.#isFull) {
      const { data, bytes } = next;
      if (this.#host.bufferedBytes === 0) this.#bytesSinceEmpty = 0;
      this.#bytesSinceEmpty += bytes;
      this.#unasked = sum(this.#unasked, { messages: 1, bytes });
      outbox.settle(outbox.settled + 1, false);
      this.#host.flowed();
      this.#host.send(data);
      next = outbox.at(outbox.settled);
    }
    this.#host.settled(false);
  }

  beat(): void {
    if (this.#unasked.messages > 0) this.probe();
  }

  probe(): void {
    if (this.#pingedAtMs !== null || !this.#host.ping()) return;
    this.#pingedAtMs = this.#host.clock.nowMs();
    this.#asked = this.#unasked;
    this.#unasked = NOTHING;
  }

  sayGoodbye(): void {
    // It has no word for it: the close frame is all there is.
  }

  failureOf(end: SocketEnd): Failure {
    return failureOfPlainEnd(end);
  }

  ended(wasAsked: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (wasAsked) return;
    const unproven = sum(this.#asked, this.#unasked);
    this.#host.owner.onLoss({ reason: 'linkLost', ...unproven, isCertain: false });
  }

  get #isFull(): boolean {
    return this.#host.bufferedBytes > SEND_BUFFER_MAX_BYTES;
  }
}

/** Whatever it was, it may pass: who knows better says so by `shouldReconnect`. */
export function failureOfPlainEnd(end: SocketEnd): Failure {
  const { code, reason, status, errorCode, headers, body = '' } = end;
  if (status === undefined) {
    return { kind: 'transient', code: errorCode ?? String(code), detail: detailOf(reason) };
  }
  const retryAfterMs = retryAfterMsOf({ headers, body });
  const facts = { code: `http ${status}`, detail: detailOf(body === '' ? reason : body) };
  return retryAfterMs === null
    ? { kind: 'transient', ...facts }
    : { kind: 'rateLimited', ...facts, retryAfterMs };
}

function sum(one: Amount, other: Amount): Amount {
  return { messages: one.messages + other.messages, bytes: one.bytes + other.bytes };
}
