/**
 * The resumable gateway: clients come and go, sessions stay. It knows no WebSocket and no HTTP (server.ts does), so that
 * it runs as it is over a data channel, and in the simulator.
 */
import type { App } from './app.ts';
import { Door } from './door.ts';
import type { House } from './door.ts';
import type { GatewaySocket } from './gateway-socket.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { Registry } from './registry.ts';
import type { Attached, Principal } from './registry.ts';
import type { GatewaySession } from './session.ts';
import { systemClock, systemWallClock } from '../ports/clock.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import type { Durability, LogStore } from '../ports/log-store.ts';
import { silentLogger } from '../ports/logger.ts';
import type { Logger } from '../ports/logger.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import { DRAIN_MS, GRACE_MS } from '../protocol/limits.ts';
import type { HelloFrame } from '../protocol/types.ts';

/** Who a bearer was issued to; null where it is not believed. */
export type Verify = (bearer: string | undefined, hello: HelloFrame) => Promise<Principal | null>;

export interface GatewayOptions {
  readonly store: LogStore;
  /** By the name that a client asks for; `speech` where it asks for none. */
  readonly apps: ReadonlyMap<string, App>;
  readonly verify: Verify;
  /** How long a session outlives its client. Default 120,000 ms. */
  readonly graceMs?: number;
  readonly clock?: Clock;
  readonly wallClock?: WallClock;
  readonly logger?: Logger;
}

/** Deadlines are data; this is how often they are looked at. */
const SWEEP_EVERY_MS = 1_000;

export class Gateway implements House {
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly graceMs: number;
  readonly #options: GatewayOptions;
  readonly #logger: Logger;
  readonly #registry: Registry;
  readonly #doors = new Set<Door>();
  #sweepTimer: unknown;
  #isDraining = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.clock = options.clock ?? systemClock;
    this.wallClock = options.wallClock ?? systemWallClock;
    this.graceMs = options.graceMs ?? GRACE_MS;
    this.#logger = options.logger ?? silentLogger;
    const { store, apps } = options;
    const { clock, wallClock, graceMs } = this;
    this.#registry = new Registry({ store, apps, clock, wallClock, graceMs });
    this.#sweep();
  }

  get durability(): Durability {
    return this.#options.store.durability;
  }

  /** False from the beginning of a drain on. */
  get isReady(): boolean {
    return !this.#isDraining;
  }

  get sessions(): Iterable<GatewaySession> {
    return this.#registry.sessions;
  }

  /** A socket that is open. Its messages go to the door, and so does its end. */
  accept(socket: GatewaySocket): Door {
    const door = new Door(this, socket);
    this.#doors.add(door);
    return door;
  }

  async admit(hello: HelloFrame): Promise<Principal | Refusal> {
    if (this.#isDraining) return refuse('draining');
    return (await this.#options.verify(hello.auth, hello)) ?? refuse('unauthorised');
  }

  attach(hello: HelloFrame, principal: Principal): Promise<Attached | Refusal> {
    return this.#registry.attach(hello, principal);
  }

  onGone(door: Door): void {
    this.#doors.delete(door);
  }

  /**
   * Tells every client to go elsewhere and waits until they have; who is left by the deadline is let go of. What was accepted
   * is in the log, or its client has been told nothing of it and still has it.
   */
  async drain(deadlineMs = DRAIN_MS, to: readonly string[] = []): Promise<void> {
    this.#isDraining = true;
    this.#logger.info('The gateway drains.', { sessions: this.#registry.size, deadlineMs });
    for (const door of this.#doors) door.sendGoAway(deadlineMs, to);
    const endsAtMs = this.clock.nowMs() + deadlineMs;
    while (this.#doors.size > 0 && this.clock.nowMs() < endsAtMs) {
      await new Promise<void>((resolve) => this.clock.setTimeout(resolve, 50));
    }
    await this.close();
  }

  /** Lets go of everything. Sessions stay in the log, to be taken over. */
  async close(): Promise<void> {
    this.#isDraining = true;
    this.clock.clearTimeout(this.#sweepTimer);
    for (const door of this.#doors) door.close(CLOSE.draining);
    await Promise.all(Array.from(this.#registry.sessions, (session) => session.leave()));
  }

  #sweep(): void {
    for (const session of this.#registry.sessions) {
      if (session.isExpired) void session.end();
    }
    this.#sweepTimer = this.clock.setTimeout(() => {
      this.#sweep();
    }, SWEEP_EVERY_MS);
  }
}
