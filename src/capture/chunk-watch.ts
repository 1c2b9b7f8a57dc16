/**
 * Whether sound comes at all. Each chunk is a number here and nothing else; that several are missing is told only where this machine
 * was neither asleep nor busy: a timer that is late says so.
 */
import type { Clock } from '../ports/clock.ts';

/** So many looks in a row at which nothing new had come. */
const LOOKS = 3;
/** A timer that is later than this part of its time tells of a page that stood still, and of nothing else. */
const LATE_RATIO = 0.5;

export class ChunkWatch {
  readonly #clock: Clock;
  readonly #everyMs: number;
  #chunks = 0;

  /** @param patienceMs how long nothing may come. */
  constructor(clock: Clock, patienceMs: number) {
    this.#clock = clock;
    this.#everyMs = patienceMs / LOOKS;
  }

  /** One has come. */
  note(): void {
    this.#chunks += 1;
  }

  /** Tells, each time that it has been patient, that none came. Returns what ends that. */
  start(onMissed: () => void): () => void {
    let seen = this.#chunks;
    let missed = 0;
    let lookedAtMs = this.#clock.nowMs();
    const look = (): void => {
      timer = this.#clock.setTimeout(look, this.#everyMs);
      const atMs = this.#clock.nowMs();
      const isLate = atMs - lookedAtMs > this.#everyMs * (1 + LATE_RATIO);
      missed = isLate || seen !== this.#chunks ? 0 : missed + 1;
      lookedAtMs = atMs;
      seen = this.#chunks;
      if (missed < LOOKS) return;
      missed = 0;
      onMissed();
    };
    let timer = this.#clock.setTimeout(look, this.#everyMs);
    return () => this.#clock.clearTimeout(timer);
  }
}
