/** A machine with a gateway on it, which may die and be started anew: the address stays. */
import type { App } from '../../gateway/app.ts';
import { Gateway } from '../../gateway/gateway.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LogStore } from '../../ports/log-store.ts';
import type { OnAppError } from '../../gateway/app-error.ts';
import type { Logger } from '../../ports/logger.ts';
import type { SeededRandom } from '../../ports/random.ts';
import type { Verify } from '../../gateway/auth/principal.ts';
import { SimulatedProcess } from '../process.ts';
import { secretsOf } from '../secrets.ts';

export interface HouseOptions {
  readonly index: number;
  readonly clock: Clock;
  readonly random: SeededRandom;
  /** The apps as one process has them. */
  readonly apps: (process: SimulatedProcess, random: SeededRandom) => ReadonlyMap<string, App>;
  /** The store as one process has it. */
  readonly storeFor: (house: House, process: SimulatedProcess) => LogStore;
  readonly verify: Verify;
  readonly wallMs: () => number;
  readonly graceMs: number;
  readonly afterwards: (house: House) => void;
  readonly logger: Logger;
  readonly onAppError: OnAppError;
}

export class House {
  readonly index: number;
  readonly name: string;
  gateway!: Gateway;
  process!: SimulatedProcess;
  store!: LogStore;
  /** How much its wall clock is wrong. */
  wallOffsetMs = 0;
  /** For what sessions hold, in every life from the next on; undefined: as much as it usually has. */
  memoryBytes: number | undefined;
  lives = 0;
  /** Every gateway that ever ran here, to be let go of at the end. */
  readonly former: Gateway[] = [];
  readonly #options: HouseOptions;

  constructor(options: HouseOptions) {
    this.#options = options;
    this.index = options.index;
    this.name = `gateway ${options.index + 1}`;
    this.start();
  }

  /** By the world's clock. */
  get nowMs(): number {
    return this.#options.clock.nowMs();
  }

  get isUp(): boolean {
    return !this.process.isDead;
  }

  get isReady(): boolean {
    return this.isUp && this.gateway.readiness === 'ready';
  }

  start(): void {
    const {
      clock,
      random,
      apps,
      storeFor,
      verify,
      wallMs,
      graceMs,
      afterwards,
      logger,
      onAppError,
    } = this.#options;
    this.lives += 1;
    const label = `${this.name}/${this.lives}`;
    const own = random.fork(label);
    const process = new SimulatedProcess(label, clock, () => afterwards(this));
    this.process = process;
    this.store = storeFor(this, process);
    this.gateway = new Gateway({
      store: this.store,
      apps: apps(process, own.fork('apps')),
      verify,
      clock: process,
      wallClock: () => wallMs() + this.wallOffsetMs,
      random: own.fork('gateway'),
      secrets: secretsOf(own.fork('secrets')),
      graceMs,
      limits: this.memoryBytes === undefined ? {} : { memoryBytes: this.memoryBytes },
      logger,
      onAppError,
    });
    this.former.push(this.gateway);
  }

  /** kill -9. Its sockets are the harbour's business. */
  kill(): void {
    this.process.kill();
  }
}
