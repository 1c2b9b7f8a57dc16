/**
 * The way from one gateway to its store and back. What is asked for arrives in order and takes its time, and so do the answers; a
 * way that is cut, or that loses an answer, leaves who asks in the dark about what became of it.
 */
import type { AppendOutcome } from '../../ports/log-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SeededRandom } from '../../ports/random.ts';

export interface StoreRoadOptions {
  readonly clock: Clock;
  /** A stream of its own. */
  readonly random: SeededRandom;
  /** Hands an answer to the process that asked: at once, later where it stands still, never where it is dead. */
  readonly deliver: (answer: () => void) => void;
  /** How long each way takes. Milliseconds; default 0.5 to 3. */
  readonly leastMs?: number;
  readonly mostMs?: number;
}

/** `refuses`: what is asked for is given up after 2 s. `hangs`: it waits until the outage is over, and is done then. */
export type OutageKind = 'refuses' | 'hangs';

/** Something asked for: what it does at the store, and what is said of it where it did not get there, or nobody heard. */
export interface Errand<T> {
  act(this: void): T;
  refused(this: void): T | Promise<T>;
  unheard(this: void): T | Promise<T>;
}

interface Sent {
  /** At the store. */
  act(this: void): unknown;
  settle(this: void, as: 'served' | 'refused' | 'unheard'): void;
}

/** Between one that arrives and the next, so that they arrive in order. */
const APART_MS = 0.001;
/** A store's client gives up by itself. */
const GIVES_UP_AFTER_MS = 2_000;

export class StoreRoad {
  readonly #options: StoreRoadOptions;
  readonly #latency: SeededRandom;
  readonly #faults: SeededRandom;
  readonly #leastMs: number;
  readonly #spreadMs: number;
  #outage: OutageKind | null = null;
  #ambiguousRatio = 0;
  #lossyRatio = 0;
  #slowMs = 0;
  /** When the newest that is on its way arrives. */
  #thereAtMs = 0;
  #backAtMs = 0;
  #waiting: Sent[] = [];
  #answers: Sent[] = [];
  /** Done, and nobody will ever hear of it. */
  #lost: Sent[] = [];
  #unanswered = 0;
  #isClosing = false;
  #onQuiet: () => void = () => undefined;

  constructor(options: StoreRoadOptions) {
    this.#options = options;
    const { random, leastMs = 0.5, mostMs = 3 } = options;
    this.#latency = random.fork('latency');
    this.#faults = random.fork('faults');
    this.#leastMs = leastMs;
    this.#spreadMs = mostMs - leastMs;
  }

  /** How many wait for an answer. */
  get unanswered(): number {
    return this.#unanswered;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** An answer on its way when it begins is not heard either. */
  outage(kind: OutageKind | null): void {
    this.#outage = kind;
    if (kind === 'hangs') return;
    const [waiting, answers] = [this.#waiting, this.#answers];
    this.#waiting = [];
    this.#answers = [];
    for (const sent of waiting) this.#arrive(sent);
    for (const sent of answers) this.#cameBack(sent);
  }

  /** Of so many appends that are committed nobody hears: half are answered `unknown`, half not at all. */
  ambiguous(ratio: number): void {
    this.#ambiguousRatio = ratio;
  }

  /** So much of what is asked for does not get there, and nobody can say so: `unknown`. */
  lossy(ratio: number): void {
    this.#lossyRatio = ratio;
  }

  /** How much longer the way there takes. */
  slow(ms: number): void {
    this.#slowMs = ms;
  }

  ask<T>({ act, refused, unheard }: Errand<T>): Promise<T> {
    const { clock } = this.#options;
    this.#unanswered += 1;
    return new Promise<T>((resolve) => {
      let served = unheard;
      const sent: Sent = {
        act: () => {
          const answer = act();
          served = () => answer;
          return answer;
        },
        settle: (as) => {
          resolve({ served, refused, unheard }[as]());
        },
      };
      const nowMs = clock.nowMs();
      const readyAtMs = nowMs + this.#slowMs + this.#draw();
      this.#thereAtMs = Math.max(this.#thereAtMs + APART_MS, readyAtMs);
      clock.setTimeout(() => {
        this.#arrive(sent);
      }, this.#thereAtMs - nowMs);
    });
  }

  /** Resolves when all that was asked for is answered; what waits or was lost is, at once. */
  close(): Promise<void> {
    this.#isClosing = true;
    const [waiting, answers, lost] = [this.#waiting, this.#answers, this.#lost];
    this.#waiting = [];
    this.#answers = [];
    this.#lost = [];
    for (const sent of waiting) this.#tell(sent, 'refused');
    for (const sent of [...answers, ...lost]) this.#tell(sent, 'unheard');
    return new Promise((resolve) => {
      this.#onQuiet = resolve;
      if (this.#unanswered === 0) resolve();
    });
  }

  #arrive(sent: Sent): void {
    if (this.#outage !== null) {
      if (this.#outage === 'hangs' && !this.#isClosing) this.#waiting.push(sent);
      else this.#tellLate(sent, 'refused');
      return;
    }
    if (this.#lossyRatio > 0 && this.#faults.chance(this.#lossyRatio)) {
      this.#tellLate(sent, 'unheard');
      return;
    }
    const isCommitted = (sent.act() as AppendOutcome | null)?.kind === 'committed';
    if (isCommitted && this.#ambiguousRatio > 0 && this.#faults.chance(this.#ambiguousRatio)) {
      if (this.#faults.chance(0.5) || this.#isClosing) this.#tellLate(sent, 'unheard');
      else this.#lost.push(sent);
      return;
    }
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    this.#backAtMs = Math.max(this.#backAtMs + APART_MS, nowMs + this.#draw());
    clock.setTimeout(() => {
      this.#cameBack(sent);
    }, this.#backAtMs - nowMs);
  }

  #cameBack(sent: Sent): void {
    if (this.#outage === null) this.#tell(sent, 'served');
    else if (this.#outage === 'hangs' && !this.#isClosing) this.#answers.push(sent);
    else this.#tellLate(sent, 'unheard');
  }

  #tellLate(sent: Sent, as: 'refused' | 'unheard'): void {
    this.#options.clock.setTimeout(() => {
      this.#tell(sent, as);
    }, GIVES_UP_AFTER_MS);
  }

  #tell(sent: Sent, as: 'served' | 'refused' | 'unheard'): void {
    this.#options.deliver(() => {
      sent.settle(as);
      this.#unanswered -= 1;
      if (this.#unanswered === 0) this.#onQuiet();
    });
  }

  #draw(): number {
    return this.#leastMs + this.#spreadMs * this.#latency.unit();
  }
}
