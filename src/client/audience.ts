/** Who listens to a voice client, by the kind of event. A listener that throws is reported, and harms nobody else. */
import type { VoiceClientEvents } from './client.types.ts';
import { checkListener, listenerThrew } from '../ports/listening.ts';
import type { Logger } from '../ports/logger.ts';

type Name = keyof VoiceClientEvents;
type Listener<T extends Name> = (...told: VoiceClientEvents[T]) => void;

const NAMES: Readonly<Record<Name, 0>> = {
  open: 0,
  reconnecting: 0,
  reconnected: 0,
  close: 0,
  error: 0,
  statusChanged: 0,
  connectionFailed: 0,
  message: 0,
  capture: 0,
};

export class Audience {
  readonly #logger: Logger;
  readonly #listeners = new Map<Name, Set<(...told: never) => void>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @throws TenutoError OPTION_INVALID */
  on<T extends Name>(type: T, listener: Listener<T>): () => void {
    checkListener(type, NAMES, listener);
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
    return () => this.off(type, listener);
  }

  off<T extends Name>(type: T, listener: Listener<T>): void {
    this.#listeners.get(type)?.delete(listener);
  }

  tell<T extends Name>(type: T, ...told: VoiceClientEvents[T]): void {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      try {
        (listener as Listener<T>)(...told);
      } catch (error) {
        listenerThrew(type, error, this.#logger);
      }
    }
  }
}
