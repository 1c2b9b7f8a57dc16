/**
 * The resumable gateway: clients come and go, sessions stay. It knows no WebSocket and no HTTP (server.ts does), so that
 * it runs as it is over a data channel, and in the simulator.
 */
import { Admission } from './admission/admission.ts';
import { OPEN_LIMITS, limitsOf } from './admission/limits.ts';
import type { AdmissionLimits } from './admission/limits.ts';
import { Audit } from './audit.ts';
import { Bearers } from './auth/bearers.ts';
import type { Principal } from './auth/principal.ts';
import { reporterTo } from './chart-step.ts';
import { Counters } from './counters.ts';
import { Departure } from './departure.ts';
import type { DrainOptions, DrainReport } from './departure.ts';
import { Door } from './door.ts';
import type { House, LetIn } from './door.ts';
import { Doors } from './doors.ts';
import { Entrance } from './entrance.ts';
import type { GatewaySocket } from './gateway-socket.ts';
import type { Refusal } from './refusal.ts';
import { checkGateway, portsOf } from './gateway-options.ts';
import type { GatewayOptions } from './gateway.types.ts';
import { Lease } from './lease.ts';
import { Lifecycle } from './lifecycle.ts';
import type { Readiness } from './lifecycle.ts';
import { Looks } from './looks.ts';
import { Pauses } from './pauses.ts';
import { Registry } from './registry.ts';
import type { GatewaySession } from './session.ts';
import type { TagOf } from './session-tag.ts';
import { MeteredStore } from './stores/metered-store.ts';
import { TurnedAway } from './turned-away.ts';
import type { GatewayOrder } from '../../machines/gateway.types.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import type { Durability } from '../ports/log-store.ts';
import type { Random } from '../ports/random.ts';
import type { Logger } from '../ports/logger.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import type { HelloFrame } from '../protocol/types.ts';

/** Deadlines are data; this is how often they are looked at. */
const SWEEP_EVERY_MS = 1_000;

export class Gateway implements House {
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly random: Random;
  readonly graceMs: number;
  readonly looks: Looks;
  readonly #store: MeteredStore;
  readonly logger: Logger;
  readonly tagOf: TagOf;
  readonly #registry: Registry;
  readonly #life: Lifecycle;
  readonly #admission: Admission;
  readonly #bearers: Bearers;
  readonly turnedAway: TurnedAway;
  readonly #doors = new Doors();
  readonly counters = new Counters();
  readonly #departure: Departure;
  readonly #pauses: Pauses;
  readonly #entrance: Entrance;
  #sweepTimer: unknown;

  /** @throws TenutoError OPTION_INVALID */
  constructor(options: GatewayOptions) {
    checkGateway(options);
    const ports = portsOf(options);
    const { clock, wallClock, random, graceMs, logger, tagOf } = ports;
    this.clock = clock;
    this.wallClock = wallClock;
    this.random = random;
    this.graceMs = graceMs;
    this.logger = logger;
    this.tagOf = tagOf;
    this.looks = new Looks(clock);
    this.#pauses = new Pauses(clock);
    const { apps, verify, onAudit = null, onAppError = null } = options;
    const { counters } = this;
    const store = new MeteredStore(options.store, counters, clock, (isWell) => {
      if (!isWell) logger.warn('The store takes nothing: newcomers are sent elsewhere.');
      this.#life.tell({ type: isWell ? 'store.answered' : 'store.failed' });
    });
    this.#store = store;
    const limits = limitsOf(options.limits, verify === null ? OPEN_LIMITS : undefined);
    const audit = new Audit(logger, onAudit, tagOf);
    const admission = new Admission({ limits, clock, random, audit, graceMs });
    this.turnedAway = new TurnedAway(counters, audit);
    const report = reporterTo({ onStep: options.onStep ?? null, logger, tagOf });
    this.#life = new Lifecycle({
      clock,
      obey: (order) => this.#obey(order),
      onStep: (step) => report(null, step),
    });
    this.#admission = admission;
    this.#bearers = new Bearers({ verify, clock, wallClock, audit, admission, logger });
    const leases = { graceMs, clock, onStep: report };
    const createLease = (id: string): Lease => new Lease(leases, id);
    const parts = { ...ports, store, apps, createLease, onAppError, admission, audit, counters };
    this.#registry = new Registry({
      ...parts,
      onGone: (session, why) => this.#departure.gone(session, why),
    });
    const house = { clock, logger, store, counters, admission };
    const own = { life: this.#life, registry: this.#registry, bearers: this.#bearers };
    this.#departure = new Departure({ ...house, ...own, doors: this.#doors });
    const departure = this.#departure;
    this.#entrance = new Entrance({ ...house, ...own, departure, pauses: this.#pauses });
    this.#sweep();
  }

  get durability(): Durability {
    return this.#store.durability;
  }

  /** Whether clients are let in, and if not, why. */
  get readiness(): Readiness {
    return this.#life.readiness;
  }

  get isStoreAvailable(): boolean {
    return this.#store.isWell;
  }

  get sessions(): Iterable<GatewaySession> {
    return this.#registry.sessions;
  }

  /** What clients have in its memory: frames that are not in the log, or that they have not acknowledged. */
  get memoryBytes(): number {
    return this.#admission.memory.bytes;
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
    this.#doors.add(door, this.#admission.arrive(socket.remoteAddress));
    if (this.#life.isClosed) door.close(CLOSE.draining);
    return door;
  }

  letIn(
    hello: HelloFrame,
    { remoteAddress }: GatewaySocket,
    isGone: () => boolean,
  ): Promise<LetIn | Refusal> {
    return this.#entrance.letIn(hello, remoteAddress, isGone);
  }

  renew(bearer: string, { remoteAddress }: GatewaySocket): Promise<Principal | Refusal> {
    return this.#bearers.principalOf(bearer, remoteAddress, 'auth');
  }

  onKnown(door: Door): void {
    this.#doors.known(door);
    if (this.readiness === 'draining') this.#life.tell({ type: 'client.welcomed' });
  }

  readonly onLeft: House['onLeft'] = (session) => this.#departure.clientGone(session);

  onGone(door: Door): void {
    this.#doors.remove(door);
    if (this.#doors.size === 0 && this.readiness === 'draining') {
      this.#life.tell({ type: 'sockets.gone' });
    }
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
   * Tells every client to go elsewhere, some each second, and waits until they have; who is left by the deadline is let go of.
   * What was accepted is in the log, or its client has been told nothing of it and still has it.
   *
   * @param options a number is `deadlineMs`.
   * @throws TenutoError OPTION_INVALID
   */
  drain(options: number | DrainOptions = {}): Promise<DrainReport> {
    return this.#departure.drain(options);
  }

  /** Whether a drain to there waits for no client: nobody can have the sessions while this gateway lives. */
  isHandover(to: readonly string[]): boolean {
    return this.#departure.isHandover(to);
  }

  /** Lets go of everything. Sessions stay in the log, to be taken over. */
  close(): Promise<void> {
    this.#life.tell({ type: 'gateway.stop' });
    return this.#life.stopped;
  }

  #obey(order: GatewayOrder): void {
    switch (order.type) {
      case 'clients.ask':
        this.#departure.ask(order.count, order.endsAtMs);
        return;
      case 'sessions.settle':
        void this.#registry.settled().then(() => {
          this.#life.tell({ type: 'sessions.settled' });
        });
        return;
      case 'sockets.close':
        this.clock.clearTimeout(this.#sweepTimer);
        this.#pauses.clear();
        this.#doors.close();
        this.looks.clear();
        return;
      case 'sessions.leave':
        void this.#departure.leave();
        return;
      case 'sessions.release':
        this.#registry.release();
        return;
      case 'store.try':
        void this.#store.tryOut().then((isWell) => {
          this.#life.tell({ type: isWell ? 'store.answered' : 'store.failed' });
        });
    }
  }

  #sweep(): void {
    this.#registry.sweep();
    this.#store.look();
    this.#sweepTimer = this.clock.setTimeout(() => {
      this.#sweep();
    }, SWEEP_EVERY_MS);
  }
}
