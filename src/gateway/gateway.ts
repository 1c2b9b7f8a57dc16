/**
 * The resumable gateway: clients come and go, sessions stay. It knows no WebSocket and no HTTP (server.ts does), so that
 * it runs as it is over a data channel, and in the simulator.
 */
import { Admission } from './admission/admission.ts';
import { OPEN_LIMITS, limitsOf } from './admission/limits.ts';
import type { AdmissionLimits } from './admission/limits.ts';
import type { App } from './app.ts';
import { Audit } from './audit.ts';
import type { OnAudit } from './audit.ts';
import { Bearers } from './auth/bearers.ts';
import type { Principal, Verify } from './auth/principal.ts';
import { Counters } from './counters.ts';
import { Door } from './door.ts';
import type { House, LetIn } from './door.ts';
import type { GatewaySocket } from './gateway-socket.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { Registry } from './registry.ts';
import { Retirement } from './retirement.ts';
import type { GatewaySession } from './session.ts';
import { MeteredStore } from './stores/metered-store.ts';
import { systemClock, systemWallClock } from '../ports/clock.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import type { Durability, LogStore } from '../ports/log-store.ts';
import { systemRandom } from '../ports/random.ts';
import type { Random } from '../ports/random.ts';
import { silentLogger } from '../ports/logger.ts';
import type { Logger } from '../ports/logger.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import { DRAIN_MS, GRACE_MS } from '../protocol/limits.ts';
import type { HelloFrame } from '../protocol/types.ts';

export interface GatewayOptions {
  readonly store: LogStore;
  /** By the name that a client asks for; `speech` where it asks for none. */
  readonly apps: ReadonlyMap<string, App>;
  /**
   * Who a bearer was issued to; without a bearer nobody is let in. Null: everybody is let in, as one and the same, which is
   * right only where nobody else can come.
   */
  readonly verify: Verify | null;
  /** What one client, principal or network may take. Defaults in admission/limits.ts; without `verify` there are few. */
  readonly limits?: Partial<AdmissionLimits>;
  /** Told of whoever tries what is not theirs. What it throws is of no consequence. */
  readonly onAudit?: OnAudit;
  /** How long a session outlives its client. Default 120,000 ms. */
  readonly graceMs?: number;
  readonly clock?: Clock;
  readonly wallClock?: WallClock;
  readonly random?: Random;
  readonly logger?: Logger;
}

/** Deadlines are data; this is how often they are looked at. */
const SWEEP_EVERY_MS = 1_000;
/** What is not in the log by then was acknowledged to nobody: clients still have it. */
const LEAVE_WITHIN_MS = 2_000;
/** Whether the session is there must not be heard in how long the answer takes: a store's reading has time for both. */
const NO_SUCH_SESSION_AFTER_MS = 50;

export class Gateway implements House {
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly graceMs: number;
  readonly #store: MeteredStore;
  readonly #logger: Logger;
  readonly #registry: Registry;
  readonly #retirement: Retirement;
  readonly #admission: Admission;
  readonly #bearers: Bearers;
  readonly #audit: Audit;
  /** Each with what is to be done once it is known who is there. */
  readonly #doors = new Map<Door, () => void>();
  readonly counters = new Counters();
  #pauses = new Set<unknown>();
  #sweepTimer: unknown;
  #isDraining = false;

  constructor(options: GatewayOptions) {
    this.clock = options.clock ?? systemClock;
    this.wallClock = options.wallClock ?? systemWallClock;
    this.graceMs = options.graceMs ?? GRACE_MS;
    this.#logger = options.logger ?? silentLogger;
    const { apps, verify, onAudit = null, random = systemRandom } = options;
    const { clock, wallClock, graceMs, counters } = this;
    const store = new MeteredStore(options.store, counters, clock);
    this.#store = store;
    const limits = limitsOf(options.limits, verify === null ? OPEN_LIMITS : undefined);
    const audit = new Audit(this.#logger, onAudit);
    const admission = new Admission({ limits, clock, random, audit, graceMs });
    this.#audit = audit;
    this.#admission = admission;
    this.#bearers = new Bearers({ verify, clock, audit, admission, logger: this.#logger });
    const ports = { store, apps, clock, wallClock, graceMs };
    this.#retirement = new Retirement(store, clock);
    this.#registry = new Registry({
      ...ports,
      admission,
      audit,
      counters,
      logger: this.#logger,
      onEnded: (sessionId) => {
        this.#retirement.ended(sessionId);
      },
    });
    this.#sweep();
  }

  get durability(): Durability {
    return this.#store.durability;
  }

  /** From its beginning on. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  get isStoreAvailable(): boolean {
    return this.#store.isAvailable;
  }

  get sessions(): Iterable<GatewaySession> {
    return this.#registry.sessions;
  }

  get limits(): AdmissionLimits {
    return this.#admission.limits;
  }

  /** Whether one more socket may come from there that has not said who it is: to be asked before it is opened. */
  hasRoomFor(remoteAddress: string): boolean {
    return this.#admission.hasRoomFor(remoteAddress);
  }

  /** A socket that is open. Its messages go to the door, and so does its end. */
  accept(socket: GatewaySocket): Door {
    const door = new Door(this, socket);
    this.#doors.set(door, this.#admission.arrive(socket.remoteAddress));
    return door;
  }

  async letIn(
    hello: HelloFrame,
    { remoteAddress }: GatewaySocket,
    isGone: () => boolean,
  ): Promise<LetIn | Refusal> {
    if (this.#isDraining) return this.#counted(refuse('draining'));
    const startedAtMs = this.clock.nowMs();
    const crowded = this.#admission.atDoor(remoteAddress);
    if (crowded !== null) return this.#counted(crowded);
    try {
      const principal = await this.#bearers.principalOf(hello.auth, remoteAddress, 'hello');
      if ('kind' in principal) return this.#counted(principal);
      if (isGone()) return refuse('heartbeat');
      const attached = await this.#registry.attach(hello, principal, remoteAddress);
      if (attached.kind === 'attached') return { ...attached, principal };
      if (attached.code === CLOSE.badResumeToken) await this.#until(startedAtMs);
      return this.#counted(attached);
    } finally {
      this.#admission.leftDoor();
    }
  }

  renew(bearer: string, { remoteAddress }: GatewaySocket): Promise<Principal | Refusal> {
    return this.#bearers.principalOf(bearer, remoteAddress, 'auth');
  }

  /** A bearer of somebody else in mid-session. */
  onForeignBearer(session: GatewaySession, { remoteAddress }: GatewaySocket): void {
    const { subject } = session.card;
    this.#audit.tell('bearer.foreign', { sessionId: session.id, subject, remoteAddress });
  }

  onKnown(door: Door): void {
    this.#doors.get(door)?.();
  }

  onGone(door: Door): void {
    this.#doors.get(door)?.();
    this.#doors.delete(door);
  }

  /**
   * Ends all sessions of a subject that live on this gateway, or one session wherever it lives: sockets close at once, and
   * nobody takes them up again (4404). Whether its bearers are still believed is up to `verify`.
   *
   * @returns how many sessions there were.
   */
  async logout(
    who: { readonly subject: string } | { readonly sessionId: string },
  ): Promise<number> {
    if ('subject' in who) return this.#registry.logOutSubject(who.subject);
    return (await this.#registry.logOutSession(who.sessionId)) ? 1 : 0;
  }

  /**
   * Tells every client to go elsewhere and waits until they have; who is left by the deadline is let go of. What was accepted
   * is in the log, or its client has been told nothing of it and still has it.
   */
  async drain(deadlineMs = DRAIN_MS, to: readonly string[] = []): Promise<void> {
    this.#isDraining = true;
    this.#logger.info('The gateway drains.', { sessions: this.#registry.size, deadlineMs });
    for (const door of this.#doors.keys()) door.sendGoAway(deadlineMs, to);
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
    for (const pause of this.#pauses) this.clock.clearTimeout(pause);
    for (const door of this.#doors.keys()) door.close(CLOSE.draining);
    await Promise.all(
      Array.from(this.#registry.sessions, (session) => session.leave(LEAVE_WITHIN_MS)),
    );
  }

  #counted(refusal: Refusal): Refusal {
    this.counters.refused(refusal.code);
    return refusal;
  }

  #until(startedAtMs: number): Promise<void> {
    const delayMs = Math.max(0, startedAtMs + NO_SUCH_SESSION_AFTER_MS - this.clock.nowMs());
    return new Promise((resolve) => {
      const pause = this.clock.setTimeout(() => {
        this.#pauses.delete(pause);
        resolve();
      }, delayMs);
      this.#pauses.add(pause);
    });
  }

  #sweep(): void {
    for (const session of this.#registry.sessions) {
      if (session.isExpired) void session.retire(CLOSE.graceExpired);
      else session.keep();
    }
    this.#retirement.sweep();
    this.#store.probe();
    this.#sweepTimer = this.clock.setTimeout(() => {
      this.#sweep();
    }, SWEEP_EVERY_MS);
  }
}
