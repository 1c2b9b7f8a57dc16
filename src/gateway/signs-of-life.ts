/** Whether anybody is at the other end of an attachment: PING where nothing was sent, and an end where nothing comes. */
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import type { CloseCode } from '../protocol/close-codes.ts';
import { PING_IDLE_MS, SERVER_DEAD_MS } from '../protocol/limits.ts';

export interface SignsOfLifeOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly ping: (nonce: number) => void;
  /** Why the socket is to end, beside silence; null: it is not. */
  readonly objection: () => CloseCode | null;
  readonly close: (code: CloseCode) => void;
}

export class SignsOfLife {
  readonly #options: SignsOfLifeOptions;
  /** The first time a part of it, so that clients who came together are not asked together. P15.3 */
  #idleMs: number;
  #timer: unknown = null;
  #heardAtMs: number;
  #sentAtMs: number;
  #nonce = 0;
  #isOver = false;

  constructor(options: SignsOfLifeOptions) {
    this.#options = options;
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
    this.#options.clock.clearTimeout(this.#timer);
  }

  /** Lets go of who does not answer: the client may be asleep, and its session stays. */
  #look(): void {
    const { clock, ping, objection, close } = this.#options;
    const nowMs = clock.nowMs();
    const why = nowMs - this.#heardAtMs >= SERVER_DEAD_MS ? CLOSE.heartbeat : objection();
    if (why !== null) {
      close(why);
      return;
    }
    if (nowMs - this.#sentAtMs >= this.#idleMs) {
      this.#idleMs = PING_IDLE_MS;
      this.#nonce = (this.#nonce + 1) & 0xffff;
      ping(this.#nonce); // which may be the end of it
    }
    if (!this.#isOver) this.#lookAgain();
  }

  #lookAgain(): void {
    const { clock } = this.#options;
    const dueInMs = this.#sentAtMs + this.#idleMs - clock.nowMs();
    this.#timer = clock.setTimeout(
      () => {
        this.#look();
      },
      Math.ceil(Math.max(1, Math.min(dueInMs, PING_IDLE_MS))),
    );
  }
}
