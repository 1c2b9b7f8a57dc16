/** A run of the world of gateways: its faults, then peace, and what had to be true all along. */
import { Report } from '../checks/report.ts';
import { NEMESES } from '../nemeses/index.ts';
import { planOf } from '../plan.ts';
import type { Plan } from '../plan.ts';
import type { Fault, RunOptions, RunResult } from '../simulation.types.ts';
import { stepThrough } from '../stepping.ts';
import { RUN_MS } from '../times.ts';
import { World } from './world.ts';
import { seededRandom } from '../../ports/random.ts';
import type { SeededRandom } from '../../ports/random.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';

/** From then on all has to be well again. */
const CONVERGES_MS = 90_000;
/** Both ends know by then of every socket that is gone, and every grace is over. */
const REST_MS = 150_000;

export async function runGateways(options: RunOptions): Promise<RunResult> {
  const { seed, lengthMs = RUN_MS, isTraced = false } = options;
  const random = seededRandom(seed);
  const clock = new VirtualClock(1_000);
  const report = new Report(clock, isTraced);
  const plan = planOf(random, lengthMs, options.faults);
  const run = new Run(plan, clock, random, report);
  const onRejection = (error: unknown): void => {
    report.violated(
      'I19',
      `nobody caught ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
    );
  };
  process.on('unhandledRejection', onRejection);
  try {
    await run.through(lengthMs);
  } finally {
    process.off('unhandledRejection', onRejection);
  }
  const { chunks, gapChunks } = run.tally;
  return {
    seed,
    world: 'gateways',
    faults: plan.faults,
    violations: report.violations,
    hash: report.fingerprint.hex,
    steps: run.steps,
    simulatedMs: clock.nowMs() - 1_000,
    chunks,
    gapChunks,
    fired: report.fired,
    sometimes: report.happened,
    trace: report.trace,
  };
}

class Run {
  steps = 0;
  readonly #plan: Plan;
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #report: Report;
  readonly #world: World;
  /** What is under way, and how it ends. */
  readonly #under = new Set<() => void>();
  readonly #timers: unknown[] = [];

  constructor(plan: Plan, clock: VirtualClock, random: SeededRandom, report: Report) {
    this.#plan = plan;
    this.#clock = clock;
    this.#random = random;
    this.#report = report;
    this.#world = new World(plan, clock, random, report);
  }

  get tally(): { readonly chunks: number; readonly gapChunks: number } {
    let chunks = 0;
    let gapChunks = 0;
    for (const client of this.#world.clients) {
      if (!('session' in client)) continue;
      chunks += client.session.ledger.captured;
      gapChunks += client.session.ledger.gap;
    }
    return { chunks, gapChunks };
  }

  async through(lengthMs: number): Promise<void> {
    const world = this.#world;
    this.#plan.faults.forEach((fault, at) => {
      this.#timers.push(this.#clock.setTimeout(() => this.#strike(fault, at), fault.atMs));
    });
    world.start();
    await this.#pass(lengthMs);
    this.#heal();
    for (const client of world.clients) client.process.run(() => client.finish());
    await this.#passUntil(CONVERGES_MS + 10_000, () => world.clients.every(({ isOver }) => isOver));
    for (const client of world.clients) client.checks.expectOver();
    world.close();
    await this.#pass(REST_MS);
    this.#expectQuiet();
  }

  #strike(fault: Fault, at: number): void {
    const { kind, on = 0, forMs = 0, much = 0 } = fault;
    const nemesis = NEMESES[kind];
    if (nemesis === undefined) return;
    const random = this.#random.fork(`struck ${at} ${kind}`);
    const end = nemesis.begin(this.#world.struckWith(random), { on, forMs, much });
    this.#report.tell('fault', `${kind}${end === null ? ' hits nothing' : ''}`, {
      to: nemesis.on === 'all' ? 'all' : `${nemesis.on} ${on + 1}`,
    });
    if (end === null) return;
    this.#report.struck(kind);
    const over = (): void => {
      this.#under.delete(over);
      end();
      this.#report.tell('fault', `${kind} is over`);
    };
    if (nemesis.lastsMs === undefined) return;
    this.#under.add(over);
    this.#timers.push(
      this.#clock.setTimeout(() => {
        if (this.#under.has(over)) over();
      }, forMs),
    );
  }

  #heal(): void {
    for (const timer of this.#timers) this.#clock.clearTimeout(timer);
    for (const over of this.#under) over();
    for (const client of this.#world.clients) client.access.network.heal();
    this.#world.heal();
    this.#report.tell('fault', 'all is well again');
  }

  #expectQuiet(): void {
    const { clients, harbour } = this.#world;
    const sockets = clients.reduce((sum, { access }) => sum + access.network.live.length, 0);
    const left = `${this.#clock.pending} timers, ${sockets} sockets, ${harbour.open} ends of sockets`;
    if (this.#clock.pending + sockets + harbour.open > 0) {
      this.#report.violated('I19', `${left} are left`);
    }
  }

  async #pass(ms: number): Promise<void> {
    await this.#passUntil(ms, () => false);
  }

  /** After each step everything that was promised happens before time goes on. */
  async #passUntil(ms: number, isEnough: () => boolean): Promise<void> {
    const untilMs = this.#clock.nowMs() + ms;
    const before = this.steps;
    await stepThrough(() => {
      if (this.steps > before && isEnough()) return 'last';
      if (this.#clock.step(untilMs)) {
        this.steps += 1;
        return 'more';
      }
      this.#clock.advance(untilMs - this.#clock.nowMs());
      return 'last';
    });
  }
}
