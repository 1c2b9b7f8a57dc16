/** What goes out on one socket: events with names, at random with oddities, and what happens after a while. */
import type { WebSocket } from 'ws';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { Faults } from './faults.ts';
import { UNKNOWN_EVENTS } from './frames.ts';
import type { Complaint, Fields, NewId } from './frames.ts';

/** What a client may leave unread; beyond it the socket is cut. */
const UNREAD_CAPACITY_BYTES = 16 * 1_024 * 1_024;

export interface LineOptions {
  readonly socket: WebSocket;
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: NewId;
  readonly faults: Faults;
}

export class Line {
  readonly #options: LineOptions;
  readonly #timers = new Set<unknown>();
  #isOver = false;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  get newId(): NewId {
    return this.#options.newId;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  readonly say = (type: string, fields: Fields): void => {
    const { socket, random, faults, newId } = this.#options;
    if (this.#isOver) return;
    const isOdd = faults.oddityRatio > 0 && random.unit() < faults.oddityRatio;
    if (isOdd) {
      const odd = UNKNOWN_EVENTS[Math.floor(random.unit() * UNKNOWN_EVENTS.length)];
      socket.send(JSON.stringify({ event_id: newId('event'), ...odd }));
    }
    const extra = isOdd ? { phase: 'final_answer', obfuscation: newId('x', 8), nested: [{}] } : {};
    if (socket.bufferedAmount > UNREAD_CAPACITY_BYTES) socket.terminate();
    else socket.send(JSON.stringify({ type, event_id: newId('event'), ...fields, ...extra }));
  };

  /** @param eventId of the client's event that is complained about. */
  complain(error: Complaint, eventId: string | null): void {
    this.say('error', { error: { ...error, event_id: eventId } });
  }

  /** Not once the line is released. */
  after(delayMs: number, then: () => void): void {
    const { clock } = this.#options;
    if (this.#isOver) return;
    const timer = clock.setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, delayMs);
    this.#timers.add(timer);
  }

  release(): void {
    this.#isOver = true;
    for (const timer of this.#timers) this.#options.clock.clearTimeout(timer);
    this.#timers.clear();
  }
}
