/** Sessions that can be taken up again, by handle: what was said in them, and how long they are remembered. */
import { dropOldest } from '../../ports/capacity.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Turn } from '../persona/mind.ts';

/** What a handle stands for. */
export interface Remembered {
  readonly sessionId: string;
  readonly model: string;
  readonly turns: readonly Turn[];
}

const CAPACITY = 10_000;

export class HandleStore {
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #newName: () => string;
  readonly #sessions = new Map<string, Remembered & { readonly untilMs: number }>();

  constructor(clock: Clock, ttlMs: number, newName: () => string) {
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.#newName = newName;
  }

  offer(session: Remembered): string {
    const handle = this.#newName();
    this.#sessions.set(handle, { ...session, untilMs: this.#clock.nowMs() + this.#ttlMs });
    dropOldest(this.#sessions, CAPACITY);
    return handle;
  }

  find(handle: string): Remembered | null {
    const session = this.#sessions.get(handle);
    return session === undefined || session.untilMs <= this.#clock.nowMs() ? null : session;
  }

  clear(): void {
    this.#sessions.clear();
  }
}
