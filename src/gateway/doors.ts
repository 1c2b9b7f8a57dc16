/** The sockets of a gateway: those that have said who they are, and those that have not. */
import type { Door } from './door.ts';
import { CLOSE } from '../protocol/close-codes.ts';

export class Doors {
  /** Each with what is to be done once it is known who is there; null: it was done. */
  readonly #doors = new Map<Door, (() => void) | null>();
  readonly #asked = new Set<Door>();

  get size(): number {
    return this.#doors.size;
  }

  /** Those that have a session. */
  get clients(): number {
    return this.#attached().length;
  }

  add(door: Door, onKnown: () => void): void {
    this.#doors.set(door, onKnown);
  }

  known(door: Door): void {
    const onKnown = this.#doors.get(door) ?? null;
    if (onKnown === null) return;
    this.#doors.set(door, null);
    onKnown();
  }

  remove(door: Door): void {
    this.known(door);
    this.#doors.delete(door);
    this.#asked.delete(door);
  }

  /** So many of those that were not asked yet are told to go elsewhere. */
  ask(count: number, leftMs: number, to: readonly string[]): void {
    const unasked = this.#attached().filter((door) => !this.#asked.has(door));
    for (const door of unasked.slice(0, count)) {
      this.#asked.add(door);
      door.sendGoAway(Math.max(0, Math.round(leftMs)), to);
    }
  }

  close(): void {
    for (const door of this.#doors.keys()) door.close(CLOSE.draining);
  }

  #attached(): readonly Door[] {
    return Array.from(this.#doors.keys()).filter(({ attachment }) => attachment !== null);
  }
}
