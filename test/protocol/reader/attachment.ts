/** One socket of the client that was written by PROTOCOL.md alone: what comes in on it, and what has to be answered. */
import type { ReaderClient } from './client.ts';
import { ackOf, eventIn, read, signOf } from './frames.ts';
import type { Ack, Control, Data, Members, Sign } from './frames.ts';
import { Signs } from './signs.ts';
import type { Wire } from './world.ts';

export class Attachment {
  readonly wire: Wire;
  readonly signs: Signs;
  /** 0: not welcomed. */
  epoch = 0;
  maxSeq = 0;
  /** Our newest number on this socket, or in the log before it. */
  sent = 0;
  isOver = false;
  hasOpened = false;
  hasSaidHello = false;
  #downFrom = 1;
  #nonce = 0;
  readonly #client: ReaderClient;

  constructor(client: ReaderClient, url: string) {
    this.#client = client;
    this.signs = new Signs(client.world.nowMs());
    this.wire = client.world.dial(url, {
      onOpen: () => {
        this.hasOpened = true;
        client.opened(this);
      },
      onFrame: (bytes) => {
        if (!this.isOver) this.#hear(bytes);
      },
      onEnd: (code) => {
        if (this.isOver) return;
        this.isOver = true;
        client.ended(this, code);
      },
    });
  }

  send(bytes: Uint8Array): void {
    if (!this.isOver) this.wire.send(bytes);
  }

  close(code: number): void {
    if (this.isOver) return;
    this.isOver = true;
    this.wire.close(code);
  }

  /** P15.3 */
  ask(): void {
    this.#nonce = (this.#nonce + 1) & 0xffff;
    this.signs.asked(this.#client.world.nowMs());
    this.send(signOf(this.#sign(0x04, this.#nonce, 0)));
  }

  welcomed({ epoch, maxSeq, up, resumed, downFrom }: Members): void {
    this.epoch = epoch as number;
    this.maxSeq = maxSeq as number;
    this.sent = resumed === true ? (up as number) : 0;
    this.#downFrom = downFrom as number;
  }

  #hear(bytes: Uint8Array): void {
    const frame = read(bytes);
    this.signs.heard(this.#client.world.nowMs());
    switch (frame.type) {
      case 'wrong':
        this.#broken(frame.code);
        return;
      case 'passedOver':
      case 0x06:
        return;
      case 0x01:
        this.#data(frame);
        return;
      case 0x02:
        this.#acknowledged(frame);
        return;
      case 0x03:
        if (frame.epoch === this.epoch)
          this.#client.received = Math.max(this.#client.received, frame.toSeq);
        return;
      case 0x04:
        this.#sign0(frame);
        return;
      case 0x05:
        this.signs.answered(this.#client.world.nowMs());
        this.#sign0(frame);
        return;
      default:
        this.#control(frame);
    }
  }

  /** P14.1, P14.5, P13.3. */
  #data(frame: Data): void {
    const client = this.#client;
    if (frame.epoch !== this.epoch) return;
    if (frame.seq > Math.max(client.received + 1, this.#downFrom)) {
      this.#broken(4400);
      return;
    }
    if (frame.seq > client.received) {
      client.received = frame.seq;
      client.event(eventIn(frame));
    }
    this.send(ackOf(this.epoch, client.received));
  }

  #acknowledged({ epoch, committed, maxSeq }: Ack | Sign): void {
    if (epoch !== this.epoch || this.epoch === 0) return; // P3.8
    this.maxSeq = Math.max(this.maxSeq, maxSeq);
    this.#client.acknowledged(Math.min(committed, this.sent));
  }

  #sign0(frame: Sign): void {
    if (frame.epoch !== this.epoch) return;
    if (frame.lastSent > Math.max(this.#client.received, this.#downFrom - 1)) {
      this.#broken(4400); // P7.4
      return;
    }
    if (frame.type === 0x04) this.send(signOf(this.#sign(0x05, frame.nonce, frame.sentAtMs)));
    this.#acknowledged(frame);
  }

  #control({ type, members }: Control): void {
    const client = this.#client;
    if (type === 0x41) client.welcomed(this, members);
    else if (type === 0x42) client.refused(this, members);
    else if (type === 0x43) client.sentAway(members);
    else if (type === 0x45) client.bearerEnds(this, members);
    else if (type === 0x47) client.finished(this, members);
    else this.#broken(4400);
  }

  #broken(code: number): void {
    this.close(code);
    this.#client.ended(this, code);
  }

  #sign(type: Sign['type'], nonce: number, echoMs: number): Sign {
    const { received } = this.#client;
    const bound = { maxSeq: 0xffffffff, sentAtMs: 0, echoMs };
    return {
      type,
      nonce,
      epoch: this.epoch,
      lastSent: this.sent,
      received,
      committed: received,
      ...bound,
    };
  }
}
