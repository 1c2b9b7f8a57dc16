/** The whole of a simulated world: clients, what is between, gateways, and their store, on one clock. */
import { AudioClient } from './audio-client.ts';
import type { ClientParts } from './audio-client.ts';
import { addressOf, BALANCER_URL, Harbour } from './harbour.ts';
import { House } from './house.ts';
import { intrude } from './intruder.ts';
import { MessageClient } from './message-client.ts';
import { SpeechManners, SpeechModel } from './speech-app.ts';
import { Verifier } from './verifier.ts';
import { WorldStore } from './world-store.ts';
import { LogChecks } from '../checks/log-checks.ts';
import type { Report } from '../checks/report.ts';
import { SessionChecks } from '../checks/session-checks.ts';
import { WireChecks } from '../checks/wire-checks.ts';
import type { Struck } from '../nemeses/nemesis.types.ts';
import type { Plan } from '../plan.ts';
import { createEchoApp } from '../../gateway/apps/echo.ts';
import type { LogField, Logger } from '../../ports/logger.ts';
import type { SeededRandom } from '../../ports/random.ts';
import type { VirtualClock } from '../../testing/virtual-clock.ts';

/** Some day. */
const BEGINS_AT_MS = 1_800_000_000_000;
/** What the clients of this world cannot fill. */
const HOUSE_MEMORY_BYTES = 64 * 1_024 * 1_024;

export class World {
  readonly clock: VirtualClock;
  readonly report: Report;
  readonly clients: readonly (AudioClient | MessageClient)[];
  readonly houses: readonly House[];
  readonly harbour: Harbour;
  readonly wire: WireChecks;
  readonly log: LogChecks;
  readonly manners = new SpeechManners([300, 2_500], [20, 900]);
  readonly verifier: Verifier;
  readonly store: WorldStore;
  readonly #sessions: SessionChecks;
  readonly #random: SeededRandom;
  readonly #restarts = new Map<House, unknown>();
  readonly #healsAtMs: number;
  #isClosed = false;

  constructor(plan: Plan, clock: VirtualClock, random: SeededRandom, report: Report) {
    this.clock = clock;
    this.report = report;
    this.#random = random;
    this.#healsAtMs = clock.nowMs() + plan.lengthMs;
    const wallMs = (): number => BEGINS_AT_MS + clock.nowMs();
    this.verifier = new Verifier(wallMs);
    const captured = plan.clients.map((): AudioClient['captured'] | null => null);
    this.log = new LogChecks(report, captured);
    this.wire = new WireChecks(report, this.log);
    this.#sessions = new SessionChecks(report, clock, plan.graceMs);
    this.log.onFirst = (client) => this.#sessions.begun(client);
    this.log.onGap = (index, from, to) => {
      const client = this.clients[index];
      if (client instanceof AudioClient) client.expectGap(from, to);
    };
    this.wire.mangles.add((_, { sessionId, clientIndex }) => {
      if (sessionId !== '') this.#sessions.heard(clientIndex);
      return null;
    });
    this.store = new WorldStore({
      clock,
      random: random.fork('store'),
      checks: this.log,
      onLost: () => {
        for (const client of this.clients) client.checks.storeLost();
      },
      takesMs: plan.storeMs,
    });
    this.houses = Array.from({ length: plan.houses }, (_, index) =>
      this.#house(index, plan, wallMs),
    );
    this.harbour = new Harbour(this.houses, random.fork('balancer'), this.wire);
    this.clients = plan.clients.map((each, index) => {
      const parts = this.#clientParts(index, wallMs);
      if (each.kind === 'messages') return new MessageClient(parts, each);
      const client = new AudioClient(parts, each);
      captured[index] = client.captured;
      return client;
    });
  }

  /** As a fault has it. */
  struckWith(random: SeededRandom): Struck {
    const { clock, report, clients, houses, harbour, wire, manners, verifier, store } = this;
    return {
      ...{ clock, report, clients, houses, harbour, wire, manners, verifier, store, random },
      crash: (...how) => this.crash(...how),
      intrude: (known) => intrude(this, known, random.fork('intruder')),
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
      for (const each of house.former) void each.close().catch(() => undefined);
    }
    this.store.close();
  }

  #restart(house: House): void {
    this.#restarts.delete(house);
    house.start();
    this.report.tell(house.name, 'starts', { state: 'ready' });
  }

  #house(index: number, plan: Plan, wallMs: () => number): House {
    const { clock, manners, report, verifier } = this;
    return new House({
      index,
      clock,
      random: this.#random.fork(`house ${index}`),
      apps: (process, random) =>
        new Map([
          ['speech', new SpeechModel(process, random, manners, report)],
          ['messages', createEchoApp()],
        ]),
      storeFor: (house, process) => this.store.viewFor(house, process),
      verify: verifier.verify,
      wallMs,
      graceMs: plan.graceMs,
      logger: loggerOf(report, `gateway ${index + 1}`),
      afterwards: ({ gateway, name }) => {
        if (gateway.memoryBytes <= HOUSE_MEMORY_BYTES) return;
        report.violated('I8', `${name} holds ${gateway.memoryBytes} bytes`);
      },
    });
  }

  #clientParts(index: number, wallMs: () => number): ClientParts {
    const { clock, report, harbour } = this;
    return {
      index,
      clock,
      report,
      wallMs,
      healsAtMs: this.#healsAtMs,
      random: this.#random.fork(`client ${index}`),
      sessions: this.#sessions,
      peer: harbour,
      onFrame: harbour.onFrame,
      url: BALANCER_URL,
      mayMoveTo: this.houses.map((_, at) => addressOf(at)),
    };
  }
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
