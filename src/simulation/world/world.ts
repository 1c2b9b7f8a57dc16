/** The whole of a simulated world: clients, what is between, gateways, and their store, on one clock. */
import type { Client, ClientParts } from './client.ts';
import { addressOf, BALANCER_URL, Harbour } from './harbour.ts';
import { House } from './house.ts';
import { duplicate, intrude } from './intruder.ts';
import { AppManners } from './manners.ts';
import { appThrew } from './thrown.ts';
import { Verifier } from './verifier.ts';
import type { WorldShape } from './world-shape.ts';
import { WorldStore } from './world-store.ts';
import { LogChecks } from '../checks/log-checks.ts';
import type { Report } from '../checks/report.ts';
import { SessionChecks } from '../checks/session-checks.ts';
import { WireChecks } from '../checks/wire-checks.ts';
import type { Struck } from '../nemeses/nemesis.types.ts';
import type { LogField, Logger } from '../../ports/logger.ts';
import type { SeededRandom } from '../../ports/random.ts';
import { DOWN_LOG_MAX_BYTES, MAX_FRAME_BYTES, WINDOW_BYTES } from '../../protocol/limits.ts';
import type { VirtualClock } from '../../testing/virtual-clock.ts';

/** Some day. */
const BEGINS_AT_MS = 1_800_000_000_000;
/** What a session may hold: what a client may send at once, what waits for the client, and a frame that goes beyond either. */
const SESSION_MEMORY_BYTES = WINDOW_BYTES + DOWN_LOG_MAX_BYTES + 2 * MAX_FRAME_BYTES;
/** A store that does not answer is asked for a minute, and what was to be written is held as long. */
const UNANSWERED_MS = 65_000;
const LOOKS_EVERY_MS = 1_000;

export class World {
  readonly clock: VirtualClock;
  readonly report: Report;
  readonly clients: readonly Client[];
  readonly houses: readonly House[];
  readonly harbour: Harbour;
  readonly wire: WireChecks;
  readonly log: LogChecks;
  readonly manners = new AppManners();
  readonly verifier: Verifier;
  readonly store: WorldStore;
  readonly #sessions: SessionChecks;
  readonly #random: SeededRandom;
  readonly #restarts = new Map<House, unknown>();
  readonly #closed = new Set<House>();
  #isClosed = false;

  constructor(shape: WorldShape, clock: VirtualClock, random: SeededRandom, report: Report) {
    this.clock = clock;
    this.report = report;
    this.#random = random;
    const wallMs = (): number => BEGINS_AT_MS + clock.nowMs();
    this.verifier = new Verifier(wallMs);
    this.log = new LogChecks(report, shape.contents);
    this.wire = new WireChecks(report, this.log);
    this.wire.onSent = shape.onSent ?? null;
    this.#sessions = new SessionChecks(report, clock, shape.graceMs);
    this.log.onFirst = (client) => this.#sessions.begun(client);
    this.log.onGap = (index, ...gap) => {
      this.clients[index]?.expectGap?.(...gap);
    };
    this.log.onData = (index, ...audio) => {
      this.clients[index]?.inLog?.(...audio);
    };
    this.wire.mangles.add((_, { sessionId, clientIndex, isShut }) => {
      if (sessionId !== '' && !isShut) this.#sessions.heard(clientIndex);
      return null;
    });
    this.store = new WorldStore({
      clock,
      random: random.fork('store'),
      checks: this.log,
      onLost: () => {
        for (const client of this.clients) client.checks.storeLost();
      },
      onDamaged: () => report.sometimes('a damaged record was read'),
      takesMs: shape.storeMs,
    });
    this.houses = Array.from({ length: shape.houses }, (_, index) =>
      this.#house(index, shape, wallMs),
    );
    this.harbour = new Harbour(this.houses, random.fork('balancer'), this.wire);
    this.clients = shape.clients.map((make, index) => make(this.#clientParts(index, wallMs)));
  }

  /** As a fault has it. */
  struckWith(random: SeededRandom): Struck {
    const { clock, report, clients, houses, harbour, wire, manners, verifier, store } = this;
    return {
      ...{ clock, report, clients, houses, harbour, wire, manners, verifier, store, random },
      crash: (...how) => this.crash(...how),
      intrude: (known) => intrude(this, known, random.fork('intruder')),
      duplicate: (client, tabs) => duplicate(this, client, tabs, random.fork('tabs')),
    };
  }

  start(): void {
    for (const client of this.clients) client.start();
  }

  crash(house: House, how: 'reset' | 'late' | 'silence', restartAfterMs: number): boolean {
    if (!house.isUp || this.#isClosed) return false;
    house.kill();
    this.harbour.drop(house, how);
    this.report.tell(house.name, 'dies', { state: 'dead' });
    this.#restarts.set(
      house,
      this.clock.setTimeout(() => this.#restart(house), restartAfterMs),
    );
    return true;
  }

  /** Whoever was told to stay away has said so to its application. */
  expectTold(): void {
    this.clients.forEach(({ process }, at) => {
      this.#sessions.expectTold(at, process.isDead);
    });
  }

  /** Whoever is down is up again. */
  heal(): void {
    for (const [house, timer] of this.#restarts) {
      this.clock.clearTimeout(timer);
      this.#restart(house);
    }
  }

  /** Everything is let go of. */
  close(): void {
    this.#isClosed = true;
    for (const house of this.houses) {
      const closing = house.former.map((each) => each.close().catch(() => undefined));
      void Promise.all(closing.slice(-1)).then(() => this.#closed.add(house));
    }
    this.store.close();
  }

  hasClosed(house: House): boolean {
    return this.#closed.has(house);
  }

  #restart(house: House): void {
    this.#restarts.delete(house);
    house.start();
    this.report.tell(house.name, 'starts', { state: 'ready' });
  }

  #house(index: number, shape: WorldShape, wallMs: () => number): House {
    const { clock, manners, report, verifier } = this;
    return new House({
      index,
      clock,
      random: this.#random.fork(`house ${index}`),
      apps: (process, random) => shape.apps({ process, random, manners, report }),
      storeFor: (house, process) => this.store.viewFor(house, process),
      verify: verifier.verify,
      wallMs,
      graceMs: shape.graceMs,
      logger: loggerOf(report, `gateway ${index + 1}`),
      onAppError: (error) => appThrew(report, `gateway ${index + 1}`, error),
      afterwards: memoryChecks(report, clock),
    });
  }

  #clientParts(index: number, wallMs: () => number): ClientParts {
    const { clock, report, harbour } = this;
    return {
      index,
      clock,
      report,
      wallMs,
      random: this.#random.fork(`client ${index}`),
      sessions: this.#sessions,
      peer: harbour,
      onFrame: harbour.onFrame,
      url: BALANCER_URL,
      mayMoveTo: this.houses.map((_, at) => addressOf(at)),
    };
  }
}

/** What a gateway holds: no more than its clients could fill, and nothing where all is in the logs, and acknowledged. */
function memoryChecks(report: Report, clock: VirtualClock): (house: House) => void {
  let lookAtMs = 0;
  let idleSinceMs: number | null = null;
  let wasFull = false;
  return ({ gateway, name }) => {
    const { memoryBytes, limits } = gateway;
    const isFull = memoryBytes >= limits.memoryBytes;
    if (isFull && !wasFull) report.sometimes('a gateway had no memory left');
    wasFull = isFull;
    const isMuch = memoryBytes > SESSION_MEMORY_BYTES;
    if (isMuch && memoryBytes > [...gateway.sessions].length * SESSION_MEMORY_BYTES)
      report.violated('I8', `${name} holds ${memoryBytes} bytes`);
    if (memoryBytes === 0) idleSinceMs = null;
    if (memoryBytes === 0 || clock.nowMs() < lookAtMs) return;
    lookAtMs = clock.nowMs() + LOOKS_EVERY_MS;
    const isIdle = [...gateway.sessions].every(({ isKept, committed, standing }) => {
      const { up, down, downAcked } = standing;
      return isKept && up <= committed && down <= downAcked;
    });
    idleSinceMs = isIdle ? (idleSinceMs ?? clock.nowMs()) : null;
    if (idleSinceMs === null || clock.nowMs() - idleSinceMs < UNANSWERED_MS) return;
    report.violated('I8', `${name} holds ${memoryBytes} bytes, and has nothing to hold`);
  };
}

/** What operators would be told of is part of the trace. */
function loggerOf(report: Report, who: string): Logger {
  const tell = (what: string, fields: Readonly<Record<string, LogField>> = {}): void => {
    const { reason, what: thrown } = fields;
    const why = [reason, thrown].filter((word) => typeof word === 'string').join(', ');
    report.tell(who, `logs: ${what} ${why}`.trim());
  };
  const nothing = (): void => undefined;
  return { debug: nothing, info: nothing, warn: tell, error: tell };
}
