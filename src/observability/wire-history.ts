/**
 * The newest events of the wire, numbered, with what every actor was before them: any number of pages read it, each at its own
 * pace, and one that is slower than what comes is told how much it missed. Nothing is kept for a page in particular.
 *
 * It is bounded by their number and by their length as text. Definitions are kept once, however many actors run one.
 */
import type { StatelyActorEvent, StatelyInspectionEvent } from './wire.ts';

export interface WireHistoryOptions {
  /** Beyond it the oldest event goes. Default 20,000. */
  readonly capacity?: number;
  /** Of all that is kept, as text: beyond it the oldest goes. Default 64 MiB. */
  readonly capacityChars?: number;
  /** Beyond so many actors of which only their state is kept, the oldest is forgotten. Default 10,000. */
  readonly actorCapacity?: number;
}

interface Kept<E extends StatelyInspectionEvent = StatelyInspectionEvent> {
  readonly event: E;
  /** Without a definition: these have a count of their own. */
  readonly chars: number;
}

const CAPACITY_CHARS = 64 * 1_024 * 1_024;
/** What actors were before the oldest event may take so much of all. */
const SHARE_BEFORE = 0.5;

export class WireHistory {
  readonly #capacity: number;
  readonly #capacityChars: number;
  readonly #actorCapacity: number;
  /** A circle: event number n is at n modulo the capacity. */
  readonly #events: (Kept | undefined)[] = [];
  /** Actors that were made known before the oldest event, as they were then. */
  readonly #before = new Map<string, Kept<StatelyActorEvent>>();
  readonly #definitions = new Definitions();
  #first = 0;
  #end = 0;
  #eventChars = 0;
  #beforeChars = 0;

  constructor(options: WireHistoryOptions = {}) {
    const { capacity = 20_000, capacityChars = CAPACITY_CHARS, actorCapacity = 10_000 } = options;
    this.#capacity = capacity;
    this.#capacityChars = capacityChars;
    this.#actorCapacity = actorCapacity;
  }

  /** The number of the oldest event that is kept. */
  get first(): number {
    return this.#first;
  }

  /** The number that the next one will have. */
  get end(): number {
    return this.#end;
  }

  /** How long all that is kept is. */
  get chars(): number {
    return this.#eventChars + this.#beforeChars + this.#definitions.chars;
  }

  /** What is to be told before the oldest event. */
  get before(): readonly StatelyActorEvent[] {
    return Array.from(this.#before.values(), ({ event }) => event);
  }

  at(number: number): StatelyInspectionEvent | undefined {
    const isKept = number >= this.#first && number < this.#end;
    return isKept ? this.#events[number % this.#capacity]?.event : undefined;
  }

  /** @param chars how long it is as text, where that is known. */
  add(event: StatelyInspectionEvent, chars: number = JSON.stringify(event).length): void {
    if (this.#end - this.#first >= this.#capacity) this.#forgetOldest();
    const kept = this.#kept(event, chars);
    this.#events[this.#end % this.#capacity] = kept;
    this.#end += 1;
    this.#eventChars += kept.chars;
    while (this.chars > this.#capacityChars && this.#first < this.#end - 1) this.#forgetOldest();
  }

  #kept(event: StatelyInspectionEvent, chars: number): Kept {
    if (event.type !== '@xstate.actor' || event.definition === undefined) return { event, chars };
    const definition = this.#definitions.hold(event.definition);
    return { event: { ...event, definition }, chars: Math.max(0, chars - definition.length) };
  }

  #forgetOldest(): void {
    const place = this.#first % this.#capacity;
    const gone = this.#events[place];
    this.#events[place] = undefined;
    this.#first += 1;
    if (gone === undefined) return;
    this.#eventChars -= gone.chars;
    const { event, chars } = gone;
    if (event.type === '@xstate.actor') this.#setBefore({ event, chars });
    if (event.type !== '@xstate.snapshot') return;
    const known = this.#before.get(event.sessionId);
    if (known === undefined) return;
    const { snapshot } = event;
    if ((snapshot.status ?? 'active') !== 'active') this.#dropBefore(event.sessionId);
    else this.#setBefore({ event: { ...known.event, snapshot }, chars }, known);
  }

  /** @param former in whose place it stands, and whose definition is its own. */
  #setBefore(kept: Kept<StatelyActorEvent>, former?: Kept<StatelyActorEvent>): void {
    const { sessionId } = kept.event;
    if (former === undefined) this.#dropBefore(sessionId);
    else this.#beforeChars -= former.chars;
    this.#before.set(sessionId, kept);
    this.#beforeChars += kept.chars;
    while (
      this.#before.size > this.#actorCapacity ||
      (this.#beforeChars > this.#capacityChars * SHARE_BEFORE && this.#before.size > 1)
    ) {
      const [oldest = ''] = this.#before.keys();
      this.#dropBefore(oldest);
    }
  }

  #dropBefore(sessionId: string): void {
    const gone = this.#before.get(sessionId);
    if (gone === undefined) return;
    this.#before.delete(sessionId);
    this.#beforeChars -= gone.chars;
    this.#definitions.letGo(gone.event.definition);
  }
}

interface Definition {
  readonly text: string;
  holders: number;
}

/** Each text once, for as long as some actor has it. */
class Definitions {
  readonly #known = new Map<string, Definition>();
  chars = 0;

  hold(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) {
      known.holders += 1;
      return known.text;
    }
    this.#known.set(text, { text, holders: 1 });
    this.chars += text.length;
    return text;
  }

  letGo(text: string | undefined): void {
    const known = text === undefined ? undefined : this.#known.get(text);
    if (known === undefined) return;
    known.holders -= 1;
    if (known.holders > 0) return;
    this.#known.delete(known.text);
    this.chars -= known.text.length;
  }
}
