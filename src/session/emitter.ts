/** Listeners and readers of a session's events. A listener that throws is logged and harms nobody else. */
import type { SessionEvent, SessionEventOf, SessionEventType } from './events.ts';
import type { Logger } from '../ports/logger.ts';

type Listener = (event: SessionEvent) => void;

export class SessionEmitter {
  readonly #listeners = new Map<SessionEventType | '*', Set<Listener>>();
  readonly #readers = new Set<EventReader>();
  readonly #capacity: number;
  readonly #logger: Logger;
  #isDone = false;

  constructor(capacity: number, logger: Logger) {
    this.#capacity = capacity;
    this.#logger = logger;
  }

  /** Returns the function that takes the listener off again. */
  on<T extends SessionEventType>(type: T, listener: (event: SessionEventOf<T>) => void): () => void;
  on(type: '*', listener: Listener): () => void;
  on(type: SessionEventType | '*', listener: (event: never) => void): () => void {
    const known = listener as Listener;
    const listeners = this.#listeners.get(type) ?? new Set<Listener>();
    listeners.add(known);
    this.#listeners.set(type, listeners);

    return () => {
      listeners.delete(known);
    };
  }

  emit(event: SessionEvent): void {
    for (const key of [event.type, '*'] as const) {
      for (const listener of this.#listeners.get(key) ?? []) {
        try {
          listener(event);
        } catch (error) {
          this.#logger.error('a listener threw', { event: event.type, error: String(error) });
        }
      }
    }
    for (const reader of this.#readers) reader.push(event);
  }

  /** The same events as an async iterator, from now until the session ends or the loop is left. */
  events(): AsyncGenerator<SessionEvent, void, undefined> {
    const reader = new EventReader(this.#capacity, this.#logger);
    if (this.#isDone) reader.end();
    this.#readers.add(reader);

    return reader.read(() => this.#readers.delete(reader));
  }

  end(): void {
    this.#isDone = true;
    for (const reader of this.#readers) reader.end();
  }
}

/** A bounded queue. Full: the oldest interim transcript goes, since a newer one restates it; else the oldest event. */
class EventReader {
  readonly #capacity: number;
  readonly #logger: Logger;
  readonly #queue: SessionEvent[] = [];
  #wake: (() => void) | null = null;
  #isDone = false;

  constructor(capacity: number, logger: Logger) {
    this.#capacity = capacity;
    this.#logger = logger;
  }

  push(event: SessionEvent): void {
    if (this.#queue.length >= this.#capacity) this.#makeRoom();
    this.#queue.push(event);
    this.#wakeUp();
  }

  end(): void {
    this.#isDone = true;
    this.#wakeUp();
  }

  async *read(onLeave: () => void): AsyncGenerator<SessionEvent, void, undefined> {
    try {
      for (;;) {
        const event = this.#queue.shift();
        if (event !== undefined) yield event;
        else if (this.#isDone) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      onLeave();
    }
  }

  #makeRoom(): void {
    const interim = this.#queue.findIndex((event) => event.type === 'transcript' && !event.isFinal);
    const [dropped] = this.#queue.splice(Math.max(0, interim), 1);
    this.#logger.warn('an event was dropped, because its reader is slow', {
      event: dropped?.type ?? '',
    });
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
