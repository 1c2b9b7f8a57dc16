/**
 * The breakers of a process: one for each service, region and key, shared by all of its sessions.
 *
 * A breaker is a plain snapshot, stepped by hand: no actor, no timer. One that behaves like a
 * new one is not kept, so that a process whose dials succeed keeps none.
 */
import { breakerMachine } from '../../../machines/breaker.machine.ts';
import type { BreakerSnapshot } from '../../../machines/breaker.machine.ts';
import { isForgettable, mayDial } from '../../../machines/breaker.rules.ts';
import { Stepper } from '../../../machines/stepper.ts';
import type { BreakerEvent, BreakerSignal, BreakerState } from '../../../machines/breaker.types.ts';
import { checkFunction, listenerThrew } from '../../ports/listening.ts';
import type { Logger } from '../../ports/logger.ts';
import { silentLogger } from '../../ports/logger.ts';

/** More keys than a gateway has services. */
const DEFAULT_CAPACITY = 256;

const stepper = new Stepper(breakerMachine, undefined);
const FRESH: BreakerSnapshot = stepper.initial(undefined);

/** Those that remember least go first. */
const EVICTION_ORDER: readonly BreakerState[] = ['closed', 'halfOpen', 'open'];

export interface BreakerStatus {
  readonly state: BreakerState;
  /** No dial before this moment; 0 unless it is open. */
  readonly openUntilMs: number;
}

export interface BreakerChange extends BreakerStatus {
  readonly signal: BreakerSignal;
}

export interface BreakersOptions {
  /** Keys that are remembered. Default 256; beyond it the longest unused closed one is forgotten, an open one last. */
  readonly capacity?: number;
  /** Told of listeners that throw: sessions share a breaker, and none is to harm another. Default silent. */
  readonly logger?: Logger;
}

export type BreakerListener = (change: BreakerChange) => void;

export class Breakers {
  /** In the order of their last use. */
  readonly #snapshots = new Map<string, BreakerSnapshot>();
  readonly #listeners = new Map<string, ReadonlySet<BreakerListener>>();
  readonly #capacity: number;
  readonly #logger: Logger;

  constructor({ capacity = DEFAULT_CAPACITY, logger = silentLogger }: BreakersOptions = {}) {
    this.#capacity = capacity;
    this.#logger = logger;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#snapshots.size;
  }

  mayDial(key: string, atMs: number): boolean {
    return mayDial(this.snapshotOf(key), atMs);
  }

  /** Asks, and takes the probe where there is one to take: of two who ask at once, one may. */
  ask(key: string, atMs: number): boolean {
    if (!this.mayDial(key, atMs)) return false;
    this.tell(key, { type: 'dial.asked', atMs });
    return true;
  }

  /** Whoever subscribed is told before this returns. */
  tell(key: string, event: BreakerEvent): void {
    const known = this.#snapshots.get(key);
    if (known === undefined && event.type !== 'dial.failed' && event.type !== 'stream.stalled') {
      return; // it would change nothing of a new one
    }
    const { snapshot, emitted } = stepper.step(known ?? FRESH, event);

    this.#snapshots.delete(key);
    if (!isForgettable(snapshot, event.atMs)) {
      if (known === undefined) this.#makeRoom(event.atMs);
      this.#snapshots.set(key, snapshot);
    }
    for (const signal of emitted) this.#announce(key, statusOf(snapshot), signal);
  }

  stateOf(key: string): BreakerStatus {
    return statusOf(this.snapshotOf(key));
  }

  /** As an inspector shows it. */
  snapshotOf(key: string): BreakerSnapshot {
    return this.#snapshots.get(key) ?? FRESH;
  }

  /** Told of every change of state, never of the present one. Returns the function that ends it. */
  subscribe(key: string, listener: BreakerListener): () => void {
    checkFunction(listener);
    const own: BreakerListener = (change) => listener(change); // so that the same listener may come twice
    this.#listeners.set(key, new Set([...(this.#listeners.get(key) ?? []), own]));

    return () => {
      const others = [...(this.#listeners.get(key) ?? [])].filter((other) => other !== own);
      if (others.length === 0) this.#listeners.delete(key);
      else this.#listeners.set(key, new Set(others));
    };
  }

  #announce(key: string, status: BreakerStatus, signal: BreakerSignal): void {
    for (const listener of this.#listeners.get(key) ?? []) {
      try {
        listener({ ...status, signal });
      } catch (error) {
        listenerThrew(signal.type, error, this.#logger);
      }
    }
  }

  #makeRoom(atMs: number): void {
    for (const [key, snapshot] of this.#snapshots) {
      if (isForgettable(snapshot, atMs)) this.#snapshots.delete(key);
    }
    if (this.#snapshots.size < this.#capacity) return;

    const evicted = this.#evictable();
    if (evicted === null) return;
    const wasClosed = this.stateOf(evicted).state === 'closed';
    this.#snapshots.delete(evicted);
    if (!wasClosed) this.#announce(evicted, statusOf(FRESH), { type: 'breaker.closed' });
  }

  #evictable(): string | null {
    for (const state of EVICTION_ORDER) {
      for (const [key, snapshot] of this.#snapshots) {
        if (snapshot.value === state) return key;
      }
    }
    return null;
  }
}

function statusOf({ value, context }: BreakerSnapshot): BreakerStatus {
  return { state: value, openUntilMs: value === 'open' ? context.openUntilMs : 0 };
}
