/** All connections through the proxy, and the conditions that they share. */
import type { Socket } from 'node:net';

import type { Clock } from '../../ports/clock.ts';
import { ProxiedConnection, type Carried, type ClientBytes } from './proxied-connection.ts';
import { isUpgradeRequest, type UpgradeRefusal } from './upgrade-head.ts';

export interface ProxiedNetworkOptions {
  readonly clock: Clock;
  readonly target: { readonly host: string; readonly port: number };
  readonly onClientBytes: (connection: ProxiedConnection, sent: ClientBytes) => void;
  readonly carries: Carried;
}

interface PendingRefusals {
  readonly refusal: UpgradeRefusal;
  left: number;
  readonly onDone: () => void;
}

export class ProxiedNetwork {
  readonly #options: ProxiedNetworkOptions;
  readonly #connections = new Set<ProxiedConnection>();
  #arrivals = 0;
  #isHeld = false;
  #isSilentToNewcomers = false;
  #latencyMs = 0;
  #bytesPerSecond: number | null = null;
  #refusals: PendingRefusals | null = null;
  #onEmpty: (() => void) | null = null;

  constructor(options: ProxiedNetworkOptions) {
    this.#options = options;
  }

  get connections(): Iterable<ProxiedConnection> {
    return this.#connections;
  }

  accept(client: Socket): void {
    this.#arrivals += 1;
    const connection = new ProxiedConnection({
      number: this.#arrivals,
      client,
      clock: this.#options.clock,
      carries: this.#options.carries,
      observer: {
        onClientBytes: this.#options.onClientBytes,
        onRequest: (requester) => this.#decide(requester),
        onEnded: (ended) => this.#forget(ended),
      },
    });
    this.#connections.add(connection);
  }

  /** While held nothing passes either way, on old connections and new ones, and nothing is lost. */
  setHeld(isHeld: boolean): void {
    this.#isHeld = isHeld;
    for (const pipe of this.#pipes()) pipe.setHeld(isHeld);
    this.#decideWaiting();
  }

  /** Newcomers are accepted and hear nothing until this ends; then they are connected through. */
  setSilentToNewcomers(isSilent: boolean): void {
    this.#isSilentToNewcomers = isSilent;
    this.#decideWaiting();
  }

  setLatency(latencyMs: number): void {
    this.#latencyMs = latencyMs;
    for (const pipe of this.#pipes()) pipe.setLatency(latencyMs);
  }

  setRateUp(bytesPerSecond: number | null): void {
    this.#bytesPerSecond = bytesPerSecond;
    for (const connection of this.#connections) connection.setRateUp(bytesPerSecond);
  }

  /** Answers the next `count` upgrades itself, then says so. */
  refuseUpgrades(refusal: UpgradeRefusal, count: number, onDone: () => void): void {
    this.#refusals = { refusal, left: count, onDone };
  }

  /** A server that goes away takes all its connections along; those silent for good stay so. */
  resetAll(): number {
    const open = [...this.#connections].filter((connection) => !connection.isSilent);
    for (const connection of open) connection.reset();
    return open.length;
  }

  close(): Promise<void> {
    for (const connection of this.#connections) connection.drop();
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  *#pipes() {
    for (const connection of this.#connections) yield* connection.pipes;
  }

  #decideWaiting(): void {
    for (const connection of this.#connections) {
      if (connection.isWaitingForDecision) this.#decide(connection);
    }
  }

  #decide(connection: ProxiedConnection): void {
    if (this.#isHeld || this.#isSilentToNewcomers) return;
    const head = connection.requestHead;
    const isRefusable =
      head !== null && (this.#options.carries === 'requests' || isUpgradeRequest(head));
    if (this.#refusals !== null && isRefusable) {
      this.#refuse(connection, this.#refusals);
      return;
    }
    connection.carry(this.#options.target);
    if (this.#latencyMs > 0) {
      for (const pipe of connection.pipes) pipe.setLatency(this.#latencyMs);
    }
    if (this.#bytesPerSecond !== null) connection.setRateUp(this.#bytesPerSecond);
  }

  #refuse(connection: ProxiedConnection, refusals: PendingRefusals): void {
    connection.refuse(refusals.refusal);
    refusals.left -= 1;
    if (refusals.left > 0) return;
    this.#refusals = null;
    refusals.onDone();
  }

  #forget(connection: ProxiedConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#onEmpty?.();
  }
}
