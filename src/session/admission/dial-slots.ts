/**
 * How many dials to one service may be under way at once, so that a thousand sessions that lost it do not storm it.
 *
 * At most max(3, 20 % of the streams that stand) for each key (Envoy's retry budget: `budget_percent` 20,
 * `min_retry_concurrency` 3). Further dials wait in order. A key of which nothing is under way is not kept.
 */
import type { Failure } from '../../../machines/failure.ts';

const DIALS_AT_LEAST = 3;
const DIALS_RATIO = 0.2;

/** Dials that wait for one key. The oldest waits on; beyond this the newest is refused. */
const DEFAULT_QUEUE_CAPACITY = 10_000;

/** What is told to who is refused: by then every slot has changed hands, at 10 s a dial. */
const RETRY_AFTER_MS = 30_000;

/** One dial's place, from asking to the end of the stream that comes of it. */
export interface DialPermit {
  /** Whether the dial may begin, or has begun. */
  readonly isGranted: boolean;
  /**
   * Resolves when the dial may begin, or when the permit was ended before: ask for yourself which it was.
   * @throws DialRefused at once where too many wait.
   */
  readonly granted: Promise<void>;
  /** The dial has become a stream: its slot goes to the next dial, and the stream counts. */
  opened(): void;
  /** The dial failed or was given up, or the stream ended. Once is enough; further calls do nothing. */
  end(): void;
}

/** Too many dials wait: this one is not made. Its failure tells nothing of the service, and no breaker counts it. */
export class DialRefused extends Error {
  readonly failure: Failure;

  constructor(waiting: number) {
    super(`${waiting} dials wait for this service`);
    this.name = 'DialRefused';
    this.failure = {
      kind: 'rateLimited',
      code: 'dialQueue',
      detail: this.message,
      retryAfterMs: RETRY_AFTER_MS,
    };
  }
}

export interface DialCounts {
  readonly dials: number;
  readonly waiting: number;
  readonly streams: number;
}

export class DialSlots {
  readonly #lanes = new Map<string, Lane>();
  readonly #queueCapacity: number;

  constructor(queueCapacity = DEFAULT_QUEUE_CAPACITY) {
    this.#queueCapacity = queueCapacity;
  }

  /** Keys of which something is under way. */
  get size(): number {
    return this.#lanes.size;
  }

  /** Asks for a dial. It is granted at once where there is room and nobody waits. */
  ask(key: string): DialPermit {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(() => this.#lanes.delete(key));
      this.#lanes.set(key, lane);
    }
    return new Permit(lane, this.#queueCapacity);
  }

  /** What is under way, for whoever measures it. */
  countOf(key: string): DialCounts {
    const lane = this.#lanes.get(key);

    return {
      dials: lane?.dials ?? 0,
      waiting: lane?.waiting.size ?? 0,
      streams: lane?.streams ?? 0,
    };
  }
}

/** All that is under way for one key. */
class Lane {
  dials = 0;
  streams = 0;
  /** In the order of their coming. */
  readonly waiting = new Set<Permit>();
  readonly #forget: () => void;

  constructor(forget: () => void) {
    this.#forget = forget;
  }

  get hasRoom(): boolean {
    return this.dials < Math.max(DIALS_AT_LEAST, Math.floor(this.streams * DIALS_RATIO));
  }

  /** Something changed: those may begin who now can. */
  settle(): void {
    for (const permit of this.waiting) {
      if (!this.hasRoom) return;
      this.waiting.delete(permit);
      permit.grant();
    }
    if (this.dials === 0 && this.streams === 0) this.#forget();
  }
}

const AT_ONCE = Promise.resolve();

class Permit implements DialPermit {
  readonly #lane: Lane;
  #state: 'waiting' | 'dialling' | 'open' | 'ended' = 'waiting';
  #granted = AT_ONCE;
  #resolve: (() => void) | null = null;

  constructor(lane: Lane, queueCapacity: number) {
    this.#lane = lane;
    if (lane.hasRoom)
      this.grant(); // and then nobody waits: see `settle`
    else if (lane.waiting.size < queueCapacity) this.#wait();
    else this.#refuse();
  }

  get isGranted(): boolean {
    return this.#state === 'dialling' || this.#state === 'open';
  }

  get granted(): Promise<void> {
    return this.#granted;
  }

  grant(): void {
    this.#state = 'dialling';
    this.#lane.dials += 1;
    this.#resolve?.();
    this.#resolve = null; // a stream may stand for hours
    this.#granted = AT_ONCE;
  }

  opened(): void {
    if (this.#state !== 'dialling') return;
    this.#state = 'open';
    this.#lane.dials -= 1;
    this.#lane.streams += 1;
    this.#lane.settle();
  }

  end(): void {
    const state = this.#state;
    if (state === 'ended') return;
    this.#state = 'ended';
    if (state === 'waiting') this.#lane.waiting.delete(this);
    if (state === 'dialling') this.#lane.dials -= 1;
    if (state === 'open') this.#lane.streams -= 1;

    this.#resolve?.();
    this.#lane.settle();
  }

  #wait(): void {
    this.#lane.waiting.add(this);
    this.#granted = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  #refuse(): void {
    this.#state = 'ended';
    this.#granted = Promise.reject(new DialRefused(this.#lane.waiting.size));
    this.#granted.catch(() => undefined); // who never awaits it is not to end the process
  }
}
