/** What a microphone hears: turns of talk and of silence, as the plan has them, in the process that listens. */
import type { AudioPlan } from '../plan.ts';
import type { Clock } from '../../ports/clock.ts';

export class Talker {
  /** The microphone is off for a while. */
  isPaused = false;
  readonly #plan: AudioPlan;
  readonly #write: () => void;
  #clock: Clock | null = null;
  #timer: unknown = null;
  #nextTurn = 0;
  #turnLeftMs = 0;
  #talks = false;

  constructor(plan: AudioPlan, write: () => void) {
    this.#plan = plan;
    this.#write = write;
  }

  get isTalking(): boolean {
    return this.#clock !== null && this.#talks && !this.isPaused;
  }

  /** @param clock of the process that listens from now on. */
  on(clock: Clock, afterMs: number): void {
    this.#clock = clock;
    this.#timer = clock.setTimeout(() => this.#talk(), afterMs);
  }

  off(): void {
    this.#clock?.clearTimeout(this.#timer);
    this.#clock = null;
  }

  /** One chunk, and the next one when it is time. */
  #talk(): void {
    if (this.#turnLeftMs <= 0) {
      this.#talks = !this.#talks;
      this.#turnLeftMs = this.#plan.turnsMs[this.#nextTurn % this.#plan.turnsMs.length] ?? 1_000;
      this.#nextTurn += 1;
    }
    const waitMs = this.#talks ? this.#plan.chunkMs : this.#turnLeftMs;
    this.#turnLeftMs -= waitMs;
    if (this.isTalking) this.#write();
    if (this.#clock !== null) this.#timer = this.#clock.setTimeout(() => this.#talk(), waitMs);
  }
}
