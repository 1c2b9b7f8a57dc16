/**
 * One direction of a connection in memory, as TCP is: what goes in comes out in order, late perhaps, or not at all.
 *
 * The line is what a socket queues before the network takes it; the road is what is under way, until it arrives.
 */
import type { Clock } from '../ports/clock.ts';

interface Passing {
  readonly arrivesAtMs: number;
  readonly arrive: () => void;
}

export class MemoryRoad {
  readonly #clock: Clock;
  readonly #passing: Passing[] = [];
  #timer: unknown = null;
  #isHeld = false;
  #isArriving = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `arrive` runs after `delayMs`, and never before what was put in earlier. */
  put(delayMs: number, arrive: () => void): void {
    const soonestAtMs = this.#clock.nowMs() + delayMs;
    const beforeAtMs = this.#passing.at(-1)?.arrivesAtMs ?? soonestAtMs;
    this.#passing.push({ arrivesAtMs: Math.max(soonestAtMs, beforeAtMs), arrive });
    if (this.#timer === null) this.#arrive(); // else what comes before it is still on its way
  }

  /** This arrives now, and with it whatever is under way: the road turned out to be shorter. */
  rush(arrive: () => void): void {
    const nowMs = this.#clock.nowMs();
    const passing = [...this.#passing.splice(0).map((earlier) => earlier.arrive), arrive];
    this.#passing.push(...passing.map((each) => ({ arrivesAtMs: nowMs, arrive: each })));
    this.#arrive();
  }

  /** While it is held nothing arrives; what is due by then arrives when it is let go. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#arrive();
  }

  /** Everything under way is lost. */
  cut(): void {
    this.#passing.length = 0;
    this.#stopTimer();
  }

  /** What an arrival puts in meanwhile takes its turn. */
  #arrive(): void {
    if (this.#isArriving) return;
    this.#isArriving = true;
    try {
      while (!this.#isHeld && this.#dueInMs() <= 0) this.#passing.shift()?.arrive();
    } finally {
      this.#isArriving = false;
      this.#setTimer();
    }
  }

  #setTimer(): void {
    this.#stopTimer();
    const dueInMs = this.#dueInMs();
    if (this.#isHeld || dueInMs === Infinity) return;
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = null;
      this.#arrive();
    }, dueInMs);
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #dueInMs(): number {
    const next = this.#passing[0];
    return next === undefined ? Infinity : next.arrivesAtMs - this.#clock.nowMs();
  }
}

export interface LineOptions {
  readonly clock: Clock;
  /** How fast the network takes what waits; Infinity where it takes all at once. */
  readonly bytesPerSecond: () => number;
  /** Nothing waits any more, after something did. */
  readonly onDrain: () => void;
}

interface Waiting {
  readonly sizeBytes: number;
  readonly depart: () => void;
}

export class MemoryLine {
  readonly #options: LineOptions;
  readonly #waiting: Waiting[] = [];
  #timer: unknown = null;
  #waitingBytes = 0;
  #ballastBytes = 0;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /** Bytes that the network has not taken yet. */
  get bufferedBytes(): number {
    return this.#waitingBytes + this.#ballastBytes;
  }

  /** Nothing waits, and what goes in is taken at once. */
  get isFree(): boolean {
    const isEmpty = this.#waiting.length === 0 && this.#ballastBytes === 0;
    return isEmpty && this.#options.bytesPerSecond() === Infinity;
  }

  /** Where it is not free. */
  put(sizeBytes: number, depart: () => void): void {
    this.#waiting.push({ sizeBytes, depart });
    this.#waitingBytes += sizeBytes;
    this.#serve();
  }

  /** The network takes nothing: so many bytes wait already, and what follows waits behind them. */
  congest(ballastBytes: number): void {
    this.#ballastBytes = ballastBytes;
    this.#stopTimer();
  }

  /** It takes again. */
  drain(): void {
    if (this.#ballastBytes === 0) return;
    this.#ballastBytes = 0;
    if (this.#waiting.length === 0) this.#options.onDrain();
    else this.#serve();
  }

  /** The speed is another: what waits goes by it. */
  speedChanged(): void {
    this.#stopTimer();
    this.#serve();
  }

  /** Everything that waits is lost. */
  cut(): void {
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    this.#ballastBytes = 0;
    this.#stopTimer();
  }

  /** Sends what the network takes now, and waits for it to take the next. */
  #serve(): void {
    while (this.#ballastBytes === 0 && this.#timer === null) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      const takesMs = (next.sizeBytes * 1_000) / this.#options.bytesPerSecond();
      if (takesMs === 0) this.#send(next);
      else {
        this.#timer = this.#options.clock.setTimeout(() => {
          this.#timer = null;
          this.#send(next);
          this.#serve();
        }, takesMs);
      }
    }
  }

  #send({ sizeBytes, depart }: Waiting): void {
    this.#waiting.shift();
    this.#waitingBytes -= sizeBytes;
    depart();
    if (this.#waiting.length === 0) this.#options.onDrain();
  }

  #stopTimer(): void {
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** The timers of one owner, who may let go of all at once. */
export class MemoryTimers {
  readonly #clock: Clock;
  readonly #pending = new Set<unknown>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  after(ms: number, work: () => void): unknown {
    const timer = this.#clock.setTimeout(() => {
      this.#pending.delete(timer);
      work();
    }, ms);
    this.#pending.add(timer);
    return timer;
  }

  stop(timer: unknown): void {
    this.#clock.clearTimeout(timer);
    this.#pending.delete(timer);
  }

  stopAll(): void {
    for (const timer of this.#pending) this.stop(timer);
  }
}
