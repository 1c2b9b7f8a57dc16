/** Looks after one open socket, on a steady pulse: tells the chart how it looks, and lets the wire do what is due. */
import type { Outbox } from './outbox.ts';
import type { Wire } from './wire.ts';
import type { ResolvedSocketOptions } from './options.ts';
import type { ConnectionEvent } from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';
import { WELCOME_TIMEOUT_MS } from '../protocol/limits.ts';
import { Pulse } from '../session/pulse.ts';
import type { Watcher } from '../session/pulse.ts';

/** Messages flow if some came or went within this time. */
const FLOWING_WITHIN_MS = 500;
/** A look that comes this late comes after a sleep: what stood before may not stand any more. */
const ASLEEP_MS = 5_000;

/** What is looked after. */
export interface Watched {
  readonly id: number;
  readonly tell: (event: ConnectionEvent) => void;
  readonly outbox: Outbox;
  readonly wire: Wire | null;
  readonly isConfigured: boolean;
  readonly isTentative: boolean;
  readonly openedAtMs: number | null;
  pump(): void;
  probe(): void;
  misjudged(): void;
  fail(failure: Failure): void;
}

export class LinkWatch implements Watcher {
  readonly #link: Watched;
  readonly #options: ResolvedSocketOptions;
  readonly #pulse: Pulse;
  rttMs: number | null = null;
  #heardAtMs = 0;
  #sentAtMs = -Infinity;
  /** Null: a plain socket was not asked yet. */
  #canPing: boolean | null = null;

  constructor(link: Watched, options: ResolvedSocketOptions) {
    this.#link = link;
    this.#options = options;
    this.#pulse = new Pulse(options.clock, this);
  }

  start(asksByItself: boolean): void {
    this.#canPing = asksByItself ? true : null;
    this.heard();
    this.#pulse.start();
  }

  stop(): void {
    this.#pulse.stop();
  }

  /** Any byte is a sign of life. */
  heard(): void {
    this.#heardAtMs = this.#options.clock.nowMs();
  }

  sent(): void {
    this.#sentAtMs = this.#options.clock.nowMs();
  }

  /** Without pings the silence of a server that has nothing to say would look like death. */
  cannotPing(): void {
    this.#canPing = false;
  }

  beat(lateByMs: number): boolean {
    const link = this.#link;
    const atMs = this.#options.clock.nowMs();
    if (!link.isConfigured) return this.#await(atMs);
    link.wire?.beat(atMs);
    link.pump();
    if (this.#canPing === null) {
      this.#canPing = true;
      link.probe();
    }
    const isFlowing = link.outbox.messages > 0 || atMs - this.#sentAtMs < FLOWING_WITHIN_MS;
    if (this.#canPing) this.#tellHowItLooks(atMs, lateByMs, isFlowing);
    return isFlowing;
  }

  tellLost(failure: Failure): void {
    const { clock, random } = this.#options;
    this.#link.tell({
      type: 'socket.lost',
      id: this.#link.id,
      failure,
      atMs: clock.nowMs(),
      bufferedChunks: this.#link.outbox.messages,
      unit: random.unit(),
    });
  }

  #tellHowItLooks(atMs: number, lateByMs: number, isFlowing: boolean): void {
    const link = this.#link;
    const unit = this.#options.random.unit();
    link.tell({
      type: 'link.measured',
      atMs,
      lastInboundAtMs: this.#heardAtMs,
      rttMs: this.rttMs,
      isAudioFlowing: isFlowing,
      lateByMs,
      bufferedChunks: link.outbox.messages,
      unit,
    });
    if (lateByMs > ASLEEP_MS) link.tell({ type: 'network.changed', atMs, unit });
  }

  /** A gateway is to welcome us in its time. */
  #await(atMs: number): boolean {
    const link = this.#link;
    if (atMs - (link.openedAtMs ?? atMs) < WELCOME_TIMEOUT_MS) return true;
    if (link.isTentative) link.misjudged();
    else link.fail({ kind: 'transient', code: 'welcome', detail: 'it did not come in time' });
    return false;
  }
}
