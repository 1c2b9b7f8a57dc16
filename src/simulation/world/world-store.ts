/** The store of a simulated world: one truth, a view for each life of a gateway, and what befalls them. */
import type { House } from './house.ts';
import type { LogChecks } from '../checks/log-checks.ts';
import type { StoreFaults } from '../nemeses/nemesis.types.ts';
import type { SimulatedProcess } from '../process.ts';
import { SimulatedLog } from '../store/simulated-log.ts';
import { StoreView } from '../store/store-view.ts';
import { decodeRecord } from '../../gateway/records.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AppendOutcome, LogRecord, LogStore } from '../../ports/log-store.ts';
import type { SeededRandom } from '../../ports/random.ts';

export interface WorldStoreOptions {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly checks: LogChecks;
  /** It has lost what it had said to have. */
  readonly onLost: () => void;
  /** A gateway has read what is damaged. */
  readonly onDamaged: () => void;
  /** How long it takes, each way. */
  readonly takesMs: readonly [least: number, most: number];
}

/** A process is to die at its next append. */
interface Trap {
  readonly house: House;
  readonly when: 'before' | 'after';
  readonly deed: () => void;
}

interface Housed {
  readonly house: House;
  readonly process: SimulatedProcess;
  readonly view: StoreView;
}

export class WorldStore implements StoreFaults {
  readonly #options: WorldStoreOptions;
  readonly #log: SimulatedLog;
  readonly #housed: Housed[] = [];
  readonly #traps = new Set<Trap>();
  /** How many faults of each kind are under way: they may overlap. */
  readonly #outages = new Map<House | null, number>();
  #slowMs = 0;
  #ambiguousRatio = 0;
  #lossyRatio = 0;
  #stale = 0;
  #full = 0;
  /** By session: how many faults damage what is read of it. */
  readonly #damaged = new Map<string, number>();

  constructor(options: WorldStoreOptions) {
    this.#options = options;
    this.#log = new SimulatedLog({
      onAppended: (sessionId, bytes, position, by) => {
        options.checks.appended(sessionId, bytes, position, by);
        this.#spring('after', by);
      },
      onPurge: (sessionId, through) => options.checks.purges(sessionId, through),
    });
  }

  /** As a process that runs there has it. */
  viewFor(house: House, process: SimulatedProcess): LogStore {
    const { clock, random, takesMs, onDamaged } = this.#options;
    const view = new StoreView({
      log: this.#log,
      by: process.name,
      clock,
      random: random.fork(process.name),
      leastMs: takesMs[0],
      mostMs: takesMs[1],
      onDamaged,
      deliver: (answer) => process.run(answer),
    });
    const housed = { house, process, view };
    this.#housed.push(housed);
    this.#apply(housed);
    return this.#trapped(view, process);
  }

  outage(house: House | null, isOut: boolean): void {
    this.#outages.set(house, (this.#outages.get(house) ?? 0) + (isOut ? 1 : -1));
    this.#applyAll();
  }

  slow(byMs: number): void {
    this.#slowMs += byMs;
    this.#applyAll();
  }

  ambiguous(by: number): void {
    this.#ambiguousRatio += by;
    this.#applyAll();
  }

  lossy(by: number): void {
    this.#lossyRatio += by;
    this.#applyAll();
  }

  stale(isStale: boolean): void {
    this.#stale += isStale ? 1 : -1;
    this.#applyAll();
  }

  full(isFull: boolean): void {
    this.#full += isFull ? 1 : -1;
    this.#applyAll();
  }

  damage(random: SeededRandom): (() => void) | null {
    const sessionIds = [...this.#log.sessionIds].filter((id) => isOpen(this.#log.tail(id)));
    if (sessionIds.length === 0) return null;
    const sessionId = random.pick(sessionIds);
    this.#damage(sessionId, 1);
    return () => this.#damage(sessionId, -1);
  }

  loseTail(records: number): boolean {
    const isReusing = this.#options.random.chance(0.5);
    const lost = this.#log.loseTail(records, isReusing);
    for (const { sessionId } of lost) {
      this.#options.checks.lost(sessionId, this.#log.tail(sessionId)?.position ?? 0);
    }
    if (lost.length > 0) this.#options.onLost();
    return lost.length > 0;
  }

  atNextAppend(house: House, when: Trap['when'], deed: () => void): () => void {
    const trap = { house, when, deed };
    this.#traps.add(trap);
    return () => {
      this.#traps.delete(trap);
    };
  }

  /** What nobody answers any more is answered, so that nothing is left. */
  close(): void {
    for (const { view } of this.#housed) void view.close();
  }

  #trapped(view: StoreView, process: SimulatedProcess): LogStore {
    const { clock } = this.#options;
    return {
      durability: view.durability,
      tail: (id) => view.tail(id),
      append: (...given) => {
        const trap = this.#trapFor('before', process.name);
        if (trap === undefined) return view.append(...given);
        this.#traps.delete(trap);
        // What is written in this turn goes out, and this record does not.
        clock.setTimeout(trap.deed, 0);
        return new Promise<AppendOutcome>(() => undefined);
      },
      read: (...given) => view.read(...given),
      purge: (...given) => view.purge(...given),
      drop: (id) => view.drop(id),
      close: () => view.close(),
    };
  }

  #spring(when: Trap['when'], by: string): void {
    const trap = this.#traps.size === 0 ? undefined : this.#trapFor(when, by);
    if (trap === undefined) return;
    this.#traps.delete(trap);
    trap.deed();
  }

  #trapFor(when: Trap['when'], by: string): Trap | undefined {
    for (const trap of this.#traps) {
      if (trap.when === when && trap.house.process.name === by) return trap;
    }
    return undefined;
  }

  #damage(sessionId: string, by: number): void {
    this.#damaged.set(sessionId, (this.#damaged.get(sessionId) ?? 0) + by);
    this.#applyAll();
  }

  #applyAll(): void {
    for (const housed of this.#housed) if (!housed.process.isDead) this.#apply(housed);
  }

  #apply({ house, view }: Housed): void {
    const outages = (this.#outages.get(null) ?? 0) + (this.#outages.get(house) ?? 0);
    view.outage(outages > 0 ? 'refuses' : null);
    view.slow(this.#slowMs);
    view.ambiguous(this.#ambiguousRatio);
    view.lossy(this.#lossyRatio);
    view.stale(this.#stale > 0);
    view.full(this.#full > 0);
    for (const [sessionId, faults] of this.#damaged) view.corrupt(sessionId, faults > 0);
  }
}

/** Somebody may yet take it up. */
function isOpen(tail: LogRecord | null): boolean {
  const record = tail === null ? null : decodeRecord(tail.bytes);
  return record !== null && record.kind !== 'end';
}
