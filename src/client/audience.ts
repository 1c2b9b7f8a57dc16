/** Who listens, by the kind of event. A listener that throws is told to the logger, and to nobody else. */
import type { Logger } from '../ports/logger.ts';

export class Audience<Events extends Record<keyof Events, unknown[]>> {
  readonly #logger: Logger;
  readonly #listeners = new Map<keyof Events, Set<(...told: never) => void>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  on<T extends keyof Events>(type: T, listener: (...told: Events[T]) => void): () => void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
    return () => this.off(type, listener);
  }

  off<T extends keyof Events>(type: T, listener: (...told: Events[T]) => void): void {
    this.#listeners.get(type)?.delete(listener);
  }

  tell<T extends keyof Events>(type: T, ...told: Events[T]): void {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      try {
        (listener as (...all: Events[T]) => void)(...told);
      } catch (error) {
        this.#logger.error('a listener threw', { type: String(type), error: String(error) });
      }
    }
  }
}
