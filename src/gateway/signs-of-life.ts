/** Whether anybody is at the other end of an attachment: PING where nothing was sent, and an end where nothing comes. */
import type { Looked, Looks } from './looks.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import type { CloseCode } from '../protocol/close-codes.ts';
import { PING_IDLE_MS, SERVER_DEAD_MS } from '../protocol/limits.ts';

export interface SignsOfLifeOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly looks: Looks;
}

/** The attachment. */
export interface SignsOfLifeEnd {
  ping(nonce: number): void;
  /** Why the socket is to end, beside silence; null: it is not. */
  readonly objection: CloseCode | null;
  close(code: CloseCode): void;
}

export class SignsOfLife implements Looked {
  readonly #options: SignsOfLifeOptions;
  readonly #end: SignsOfLifeEnd;
  /** The first time a part of it, so that clients who came together are not asked together. P15.3 */
  #idleMs: number;
  #heardAtMs: number;
  #sentAtMs: number;
  #nonce = 0;
  #isOver = false;
  lookAtMs = 0;
  place = -1;

  constructor(options: SignsOfLifeOptions, end: SignsOfLifeEnd) {
    this.#options = options;
    this.#end = end;
    this.#heardAtMs = options.clock.nowMs();
    this.#sentAtMs = this.#heardAtMs;
    this.#idleMs = options.random.unit() * PING_IDLE_MS;
    this.#lookAgain();
  }

  /** Any byte is a sign of life. */
  heard(atMs: number): void {
    this.#heardAtMs = atMs;
  }

  sent(): void {
    this.#sentAtMs = this.#options.clock.nowMs();
  }

  stop(): void {
    this.#isOver = true;
    this.#options.looks.remove(this);
  }

  /** Lets go of who does not answer: the client may be asleep, and its session stays. */
  look(): void {
    const nowMs = this.#options.clock.nowMs();
    const isSilent = nowMs - this.#heardAtMs >= SERVER_DEAD_MS;
    const why = isSilent ? CLOSE.heartbeat : this.#end.objection;
    if (why !== null) {
      this.#end.close(why);
      return;
    }
    if (nowMs - this.#sentAtMs >= this.#idleMs) {
      this.#idleMs = PING_IDLE_MS;
      this.#nonce = (this.#nonce + 1) & 0xffff;
      this.#end.ping(this.#nonce); // which may be the end of it
    }
    if (!this.#isOver) this.#lookAgain();
  }

  #lookAgain(): void {
    const nowMs = this.#options.clock.nowMs();
    const dueInMs = this.#sentAtMs + this.#idleMs - nowMs;
    this.#options.looks.add(this, nowMs + Math.max(1, Math.min(dueInMs, PING_IDLE_MS)));
  }
}
