/** Listeners and readers of a session's events. A listener that throws is reported and harms nobody else. */
import { EVENT_NAMES } from './event-names.ts';
import type { SessionEvent, SessionEventOf, SessionEventType } from './events.ts';
import { inWholeMs } from './whole-ms.ts';
import { checkListener, listenerThrew } from '../ports/listening.ts';
import type { Logger } from '../ports/logger.ts';

type Listener = (event: SessionEvent) => void;

interface Registration {
  readonly type: SessionEventType | '*';
  readonly listener: Listener;
}

export class SessionEmitter {
  #listeners: readonly Registration[] = []; // an array, because an idle session should weigh little
  #readers = NO_READERS;
  readonly #capacity: number;
  readonly #logger: Logger;
  #isDone = false;

  constructor(capacity: number, logger: Logger) {
    this.#capacity = capacity;
    this.#logger = logger;
  }

  /**
   * Returns the function that takes the listener off again.
   *
   * @throws TenutoError OPTION_INVALID
   */
  on<T extends SessionEventType>(type: T, listener: (event: SessionEventOf<T>) => void): () => void;
  on(type: '*', listener: Listener): () => void;
  on(type: SessionEventType | '*', listener: (event: never) => void): () => void {
    checkListener(type, EVENT_NAMES, listener);
    const registration = { type, listener: listener as Listener };
    this.#listeners = [...this.#listeners, registration];

    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== registration);
    };
  }

  emit(exact: SessionEvent): void {
    const event = inWholeMs(exact);
    for (const { type, listener } of this.#listeners) {
      if (type !== event.type && type !== '*') continue;
      try {
        listener(event);
      } catch (error) {
        listenerThrew(event.type, error, this.#logger);
      }
    }
    for (const reader of this.#readers) reader.push(event);
  }

  /** The same events as an async iterator, from now until the session ends or the loop is left. */
  events(): AsyncGenerator<SessionEvent, void, undefined> {
    const reader = new EventReader(this.#capacity, this.#logger);
    if (this.#isDone) reader.end();
    this.#readers = [...this.#readers, reader];

    const events = reader.read();
    const leave = events.return.bind(events);
    // By itself, a generator that waits inside is only left with the next event.
    events.return = (value) => {
      this.#readers = this.#readers.filter((other) => other !== reader);
      reader.end();
      return leave(value);
    };

    return events;
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

  async *read(): AsyncGenerator<SessionEvent, void, undefined> {
    for (;;) {
      const event = this.#queue.shift();
      if (event !== undefined) yield event;
      else if (this.#isDone) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
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

const NO_READERS: readonly EventReader[] = [];
