/** The second world: sessions with the services of others, which are played by our stand-ins, on one clock. */
import { seededRandom } from '../../ports/random.ts';
import type { SeededRandom } from '../../ports/random.ts';
import { Client } from './client.ts';
import { NEMESES, drawFaults } from './nemeses.ts';
import type { Nemesis, Target } from './nemesis.types.ts';
import { openPlace } from './places.ts';
import type { Place } from './places.ts';
import { planOf } from './plan.ts';
import type { Fault, RunOptions, RunResult } from '../simulation.types.ts';
import { Report } from '../checks/report.ts';
import { stepThrough } from '../stepping.ts';
import { createAdmission } from '../../session/admission/admission.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';

const LENGTH_MS = 180_000;
/** From the moment that all is well, until clients close. */
const SETTLES_MS = 60_000;
const DRAINS_MS = 30_000;
/** After it a server knows of every socket that is gone, however it went. */
const REST_MS = 150_000;
const EPOCH_MS = 1_800_000_000_000;

export async function runServicesSeed(options: RunOptions): Promise<RunResult> {
  const run = new ServicesRun(options);
  return run.run();
}

class ServicesRun {
  readonly #seed: number;
  readonly #lengthMs: number;
  readonly #random: SeededRandom;
  readonly #given: readonly Fault[] | null;
  readonly #clock = new VirtualClock();
  readonly #report: Report;
  readonly #wallErrorsMs = [0, 0];
  #places: readonly Place[] = [];
  #clients: readonly Client[] = [];
  #steps = 0;

  constructor({ seed, faults, lengthMs = LENGTH_MS, isTraced = false }: RunOptions) {
    this.#seed = seed;
    this.#lengthMs = lengthMs;
    this.#report = new Report(this.#clock, isTraced);
    this.#given = faults ?? null;
    this.#random = seededRandom(seed);
  }

  async run(): Promise<RunResult> {
    const plan = planOf(this.#random.fork('plan'), this.#lengthMs);
    const { services, clients } = plan;
    const faults =
      this.#given ??
      drawFaults(this.#random.fork('faults'), services, clients.length, this.#lengthMs);
    const onRejection = (error: unknown): void =>
      this.#report.violated('I19', `nobody caught ${told(error)}`);
    process.on('unhandledRejection', onRejection);
    try {
      await this.#open(plan);
      const named = services.map((service, at) => `service ${at + 1} is ${service}`).join(', ');
      this.#report.tell('world', `${named}; ${counted(clients.length)}`);
      this.#schedule(faults);
      for (const client of this.#clients) client.start();
      await this.#goOn(this.#lengthMs);
      this.#heal();
      await this.#goOn(this.#lengthMs + SETTLES_MS);
      for (const client of this.#clients) client.close();
      await this.#goOn(this.#lengthMs + SETTLES_MS + DRAINS_MS);
      const gapChunks = await this.#end();
      return this.#result(faults, gapChunks);
    } finally {
      process.off('unhandledRejection', onRejection);
    }
  }

  async #open({ services, clients, isOneProcess }: ReturnType<typeof planOf>): Promise<void> {
    const clock = this.#clock;
    const wallClock = (): number => EPOCH_MS + clock.nowMs();
    const places: Place[] = [];
    for (const [at, service] of services.entries()) {
      const random = this.#random.fork(`place ${at}`);
      places.push(await openPlace(service, { clock, wallClock, random }));
    }
    this.#places = places;
    const shared = createAdmission();
    this.#clients = clients.map((plan, at) => {
      const who = `client ${at + 1}`;
      return new Client(plan, {
        clock,
        places,
        wallClock: () => wallClock() + (this.#wallErrorsMs[at] ?? 0),
        admission: isOneProcess ? shared : createAdmission(),
        random: this.#random.fork(`client ${at}`),
        report: (invariant, message) => this.#report.violated(invariant, `${who}: ${message}`),
        note: (what, more) => this.#report.tell(who, what, more),
        count: (what) => this.#report.sometimes(what),
      });
    });
  }

  #schedule(faults: readonly Fault[]): void {
    const clock = this.#clock;
    const target: Target = {
      clock,
      places: this.#places,
      clients: this.#clients,
      setWallError: (client, ms) => (this.#wallErrorsMs[client] = ms),
    };
    for (const fault of faults) {
      const nemesis = NEMESES[fault.kind];
      if (nemesis === undefined) continue;
      const lastAtMs = this.#lengthMs - (nemesis.echoMs ?? 0);
      const untilMs = Math.min(lastAtMs, fault.atMs + (fault.forMs ?? 0));
      const cut = {
        ...fault,
        ...(fault.forMs === undefined ? {} : { forMs: untilMs - fault.atMs }),
      };
      if (fault.atMs >= lastAtMs) continue;
      clock.setTimeout(() => {
        const to = nemesis.hits === 'all' ? 'all' : `${nemesis.hits} ${(fault.on ?? 0) + 1}`;
        this.#report.tell('fault', wordsOf(fault), { to });
        const isMade = isMadeFor(nemesis, this.#places[fault.on ?? 0]);
        const isHit = isMade && nemesis.begin(target, cut);
        if (isHit) this.#report.struck(fault.kind);
        else this.#report.tell('fault', `${fault.kind} hits nothing`, { to });
        if (!isMade || nemesis.end === undefined) return;
        clock.setTimeout(() => {
          if (isHit) this.#report.tell('fault', `${fault.kind} is over`, { to });
          nemesis.end?.(target, cut);
        }, untilMs - fault.atMs);
      }, fault.atMs);
    }
  }

  #heal(): void {
    this.#report.tell('fault', 'all is well again');
    for (const { network, desk } of this.#places) {
      network.memory.heal();
      desk.callOff();
    }
    for (const client of this.#clients) client.heal();
  }

  /** One timer after another, and after each all that was promised. */
  async #goOn(untilMs: number): Promise<void> {
    const clock = this.#clock;
    await stepThrough(() => {
      let isAny = true;
      try {
        isAny = clock.step(untilMs);
      } catch (error) {
        this.#report.violated('I19', `thrown in a timer: ${told(error)}`);
      }
      if (isAny) this.#steps += 1;
      return isAny ? 'more' : 'last';
    });
    clock.advance(untilMs - clock.nowMs());
  }

  /** Nothing may be left. */
  async #end(): Promise<number> {
    const gapChunks = this.#clients.reduce((sum, client) => sum + client.finish(), 0);
    for (const place of this.#places) await place.close();
    await this.#goOn(this.#clock.nowMs() + REST_MS);
    const held = this.#places.reduce((sum, { network }) => sum + network.held, 0);
    const live = this.#places.reduce((sum, { network }) => sum + network.memory.live.length, 0);
    const { pending } = this.#clock;
    if (pending > 0 || held > 0 || live > 0) {
      this.#report.violated(
        'I19',
        `${pending} timers, ${live} sockets and ${held} ends of sockets are left`,
      );
    }
    return gapChunks;
  }

  #result(faults: readonly Fault[], gapChunks: number): RunResult {
    return {
      seed: this.#seed,
      world: 'services',
      faults,
      violations: this.#report.violations,
      hash: this.#report.fingerprint.hex,
      steps: this.#steps,
      simulatedMs: this.#clock.nowMs(),
      chunks: this.#clients.reduce((sum, { chunks }) => sum + chunks, 0),
      gapChunks,
      fired: this.#report.fired,
      sometimes: this.#report.happened,
      trace: this.#report.trace,
    };
  }
}

/** At any other service it would be what that service never does. */
function isMadeFor({ hits, services }: Nemesis, place: Place | undefined): boolean {
  if (hits !== 'service' || services === undefined) return true;
  return place !== undefined && services.includes(place.service);
}

function wordsOf({ kind, forMs, much }: Fault): string {
  const howMuch = much === undefined ? '' : `, much ${much}`;
  return `${kind}${howMuch}${forMs === undefined ? '' : `, for ${forMs / 1_000} s`}`;
}

function counted(clients: number): string {
  return clients === 1 ? '1 client' : `${clients} clients`;
}

function told(error: unknown): string {
  return error instanceof Error
    ? (error.stack ?? error.message).split('\n').slice(0, 3).join(' ')
    : String(error);
}
