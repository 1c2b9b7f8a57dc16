/** A run of the world of gateways: its faults, then peace, and what had to be true all along. */
import { Report } from '../checks/report.ts';
import { EVERY_NEMESIS } from '../nemeses/index.ts';
import { planOf } from '../plan.ts';
import type { Fault, RunOptions, RunResult } from '../simulation.types.ts';
import { stepThrough } from '../stepping.ts';
import { CONVERGES_MS, RUN_MS } from '../times.ts';
import { lookedAt } from './look.ts';
import type { Look } from './look.ts';
import { owedTo } from './owed.ts';
import { plannedShape } from './planned-shape.ts';
import { wordsOf } from './thrown.ts';
import type { WorldShape } from './world-shape.ts';
import { World } from './world.ts';
import { seededRandom } from '../../ports/random.ts';
import type { SeededRandom } from '../../ports/random.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';

const BEGINS_AT_MS = 1_000;
/** Both ends know by then of every socket that is gone, and every grace is over. */
const REST_MS = 150_000;
/** Who has closed is done with its sockets and timers by then: a client with messages has looked once more whether to say one. */
const CLOSED_MS = 5_000;
/** A gateway has missed by then whoever is silent (P15.5). */
const LET_GO_MS = 30_000;

export async function runGateways(options: RunOptions): Promise<RunResult> {
  const { seed, lengthMs = RUN_MS, isTraced = false } = options;
  const random = seededRandom(seed);
  const plan = planOf(random, lengthMs, options.faults);
  const run = new Run(seed, isTraced, plan.faults, (report) => plannedShape(plan, report));
  run.start();
  await run.run(lengthMs);
  await run.converge();
  return run.result;
}

/** A world, what strikes it, and its end. */
export class Run {
  readonly world: World;
  readonly #seed: number;
  readonly #faults: readonly Fault[];
  readonly #clock = new VirtualClock(BEGINS_AT_MS);
  readonly #random: SeededRandom;
  readonly #report: Report;
  /** What is under way, and how it ends. */
  readonly #under = new Set<() => void>();
  readonly #timers: unknown[] = [];
  /** Looked at after every step. */
  readonly #looks: (() => void)[] = [];
  #steps = 0;
  #isHealed = false;

  /** @param faults strike when their time has come. */
  constructor(
    seed: number,
    isTraced: boolean,
    faults: readonly Fault[],
    shapeFor: (report: Report) => WorldShape,
  ) {
    this.#seed = seed;
    this.#faults = faults;
    this.#random = seededRandom(seed);
    this.#report = new Report(this.#clock, isTraced);
    this.world = new World(shapeFor(this.#report), this.#clock, this.#random, this.#report);
    faults.forEach((fault, at) => {
      this.#timers.push(this.#clock.setTimeout(() => this.#strike(fault, at), fault.atMs));
    });
  }

  get result(): RunResult {
    const { violations, fingerprint, fired, happened, trace } = this.#report;
    const brought = this.world.clients.map((client) => client.brought);
    return {
      seed: this.#seed,
      world: 'gateways',
      faults: this.#faults,
      violations,
      hash: fingerprint.hex,
      steps: this.#steps,
      simulatedMs: this.#clock.nowMs() - BEGINS_AT_MS,
      chunks: brought.reduce((sum, { chunks }) => sum + chunks, 0),
      gapChunks: brought.reduce((sum, { gapChunks }) => sum + gapChunks, 0),
      fired,
      sometimes: happened,
      trace,
    };
  }

  start(): void {
    this.world.start();
  }

  /** @param name of the client that expects it. */
  expect(look: Look, name?: string): void {
    this.#looks.push(() => lookedAt(look, name, this.#report));
  }

  async run(ms: number): Promise<void> {
    await this.#watched(() => this.#passUntil(ms, () => false));
  }

  /** All is well, clients deliver what is left, and nothing may be left of them. */
  async converge(): Promise<void> {
    const { world } = this;
    this.heal();
    await this.#watched(async () => {
      for (const client of world.clients) client.process.run(() => client.finish());
      await this.#passUntil(CONVERGES_MS, () => world.clients.every(({ isOver }) => isOver));
      world.clients.forEach(({ checks }, at) => checks.expectOver(owedTo(world, at)));
      world.expectTold();
      await this.#passUntil(CLOSED_MS, () => false);
      this.#expectClosed();
      await this.#passUntil(LET_GO_MS, () => false);
      this.#expectLetGo();
      world.close();
      await this.#passUntil(CLOSED_MS, () => false);
      this.#expectIdle();
      await this.#passUntil(REST_MS, () => false);
      this.#expectQuiet();
    });
  }

  /** What is under way is over, and what was to come does not. */
  heal(): void {
    if (this.#isHealed) return;
    this.#isHealed = true;
    for (const timer of this.#timers) this.#clock.clearTimeout(timer);
    for (const over of this.#under) {
      try {
        over();
      } catch (error) {
        this.#uncaught(error);
      }
    }
    for (const client of this.world.clients) client.access.network.heal();
    this.world.heal();
    this.#report.tell('fault', 'all is well again');
  }

  #strike(fault: Fault, at: number): void {
    const nemesis = EVERY_NEMESIS[fault.kind];
    if (nemesis === undefined) return;
    const { kind, on = 0, forMs = 0, much = nemesis.much?.[0] ?? 0 } = fault;
    const random = this.#random.fork(`struck ${at} ${kind}`);
    const end = nemesis.begin(this.world.struckWith(random), { on, forMs, much });
    this.#report.tell('fault', `${kind}${end === null ? ' hits nothing' : ''}`, {
      to: nemesis.on === 'all' ? 'all' : `${nemesis.on} ${on + 1}`,
    });
    if (end === null) return;
    const isOver = this.#report.struck(kind, nemesis.on === 'all' ? null : on);
    const over = (): void => {
      this.#under.delete(over);
      end();
      isOver();
      this.#report.tell('fault', `${kind} is over`);
    };
    if (nemesis.lastsMs === undefined) {
      isOver();
      return;
    }
    this.#under.add(over);
    this.#timers.push(
      this.#clock.setTimeout(() => {
        if (this.#under.has(over)) over();
      }, forMs),
    );
  }

  /** Who has not is killed: what would come of it is no news. */
  #expectClosed(): void {
    for (const client of this.world.clients) {
      const { name, access, process, isOver } = client;
      const { length: sockets } = access.network.live;
      const keeps = (what: string): void =>
        this.#report.violated('I19', `${name} has finished, and keeps ${what}`);
      if (isOver && sockets > 0) keeps(`${sockets} sockets`);
      if (isOver && process.pending > 0) keeps(`${process.pending} timers`);
      if (!isOver || sockets + process.pending > 0) client.kill();
    }
  }

  #expectIdle(): void {
    const { world } = this;
    for (const house of world.houses) {
      const { pending } = house.process;
      if (world.hasClosed(house) && pending === 0) continue;
      const what = world.hasClosed(house)
        ? `has closed, and keeps ${pending} timers`
        : 'does not close';
      this.#report.violated('I19', `${house.name} ${what}`);
    }
  }

  #expectLetGo(): void {
    const kept = [...this.world.harbour.ends].filter(({ isShut }) => !isShut).length;
    if (kept === 0) return;
    this.#report.violated('I19', `gateways keep ${kept} sockets of clients that are gone`);
  }

  #expectQuiet(): void {
    const { clients, harbour } = this.world;
    const sockets = clients.reduce((sum, { access }) => sum + access.network.live.length, 0);
    const left = `${this.#clock.pending} timers, ${sockets} sockets, ${harbour.open} ends of sockets`;
    if (this.#clock.pending + sockets + harbour.open > 0) {
      this.#report.violated('I19', `${left} are left`);
    }
  }

  /** After each step everything that was promised happens before time goes on. */
  async #passUntil(ms: number, isEnough: () => boolean): Promise<void> {
    const untilMs = this.#clock.nowMs() + ms;
    const before = this.#steps;
    await stepThrough(() => {
      if (this.#steps > before) {
        for (const look of this.#looks) look();
        if (isEnough()) return 'last';
      }
      if (this.#step(untilMs)) {
        this.#steps += 1;
        return 'more';
      }
      this.#clock.advance(untilMs - this.#clock.nowMs());
      return 'last';
    });
  }

  #step(untilMs: number): boolean {
    try {
      return this.#clock.step(untilMs);
    } catch (error) {
      this.#uncaught(error);
      return true;
    }
  }

  async #watched(work: () => Promise<void>): Promise<void> {
    const onRejection = (error: unknown): void => this.#uncaught(error);
    process.on('unhandledRejection', onRejection);
    try {
      await work();
    } finally {
      process.off('unhandledRejection', onRejection);
    }
  }

  #uncaught(error: unknown): void {
    this.#report.violated('I19', `nobody caught ${wordsOf(error)}`);
  }
}
