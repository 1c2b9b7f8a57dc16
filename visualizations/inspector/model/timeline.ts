/** What was told, in the order in which it came: the present, and every moment of the past that is kept. */
import type {
  StatelyActorEvent,
  StatelyInspectionEvent,
  WireSnapshot,
  WireTransition,
} from '../../../src/observability/wire.ts';

export interface Row {
  /** Counted from 0 on, also where older ones were dropped. */
  readonly seq: number;
  readonly atMs: number;
  readonly actorId: string;
  readonly event: StatelyInspectionEvent;
  /** Of an event: the snapshot that it led to, once that is there. */
  settledSeq: number | null;
}

export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly systemId: string | null;
  readonly definition: string;
  readonly bornSeq: number;
  /** The rows that tell what it is, and all of its rows, by number. */
  readonly snapshotSeqs: number[];
  readonly seqs: number[];
  /** What it was before the oldest row that is kept of it. */
  base: WireSnapshot;
  /** The event whose outcome is awaited. */
  pendingSeq: number | null;
}

/** How an actor came to what it is. */
export interface Step {
  /** The number of the snapshot's row. */
  readonly seq: number;
  /** Of the event. */
  readonly type: string;
  readonly before: WireSnapshot;
  /** Null where it was not told. */
  readonly taken: readonly WireTransition[] | null;
}

const CAPACITY = 120_000;
/** So many rows go at once, so that letting go costs little for each. */
const DROP_SHARE = 0.1;

export class Timeline {
  readonly actors = new Map<string, Actor>();
  readonly #capacity: number;
  #rows: Row[] = [];
  #firstSeq = 0;

  /** @param capacity how many rows are kept; beyond it the oldest tenth goes. */
  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  /** The number of the oldest row. */
  get firstSeq(): number {
    return this.#firstSeq;
  }

  /** The number that the next row will have. */
  get endSeq(): number {
    return this.#firstSeq + this.#rows.length;
  }

  get length(): number {
    return this.#rows.length;
  }

  add(event: StatelyInspectionEvent): void {
    const seq = this.endSeq;
    const actor = this.actors.get(event.sessionId) ?? this.#know(event, seq);
    const atMs = Number(event.createdAt);
    const row: Row = { seq, atMs, actorId: actor.id, event, settledSeq: null };
    this.#rows.push(row);
    actor.seqs.push(seq);
    if (event.type === '@xstate.event') actor.pendingSeq = seq;
    else actor.snapshotSeqs.push(seq);
    if (event.type === '@xstate.snapshot') this.#settle(actor, seq, event.event.type);
    if (this.#rows.length > this.#capacity) this.#dropOldest();
  }

  row(seq: number): Row | undefined {
    return this.#rows[seq - this.#firstSeq];
  }

  /** @param at the number of the last row that has happened; null: now. */
  snapshotOf(actorId: string, at: number | null): WireSnapshot | null {
    const actor = this.actors.get(actorId);
    if (actor === undefined || (at !== null && actor.bornSeq > at)) return null;
    const seq = lastUpTo(actor.snapshotSeqs, at ?? Infinity);
    return seq === null ? actor.base : this.#snapshotIn(seq, actor);
  }

  /** The snapshot row by which an actor came to what it was then, and what it was before; null where that was no event. */
  lastStep(actorId: string, at: number | null): Step | null {
    const actor = this.actors.get(actorId);
    if (actor === undefined) return null;
    const seq = lastUpTo(actor.snapshotSeqs, at ?? Infinity);
    const event = seq === null ? undefined : this.row(seq)?.event;
    if (seq === null || event?.type !== '@xstate.snapshot') return null;
    const previous = lastUpTo(actor.snapshotSeqs, seq - 1);
    const before = previous === null ? actor.base : this.#snapshotIn(previous, actor);
    return { seq, type: event.event.type, before, taken: event.taken ?? null };
  }

  /** An actor that an app tells of without having made it known is one without a machine. */
  #know(event: StatelyInspectionEvent, seq: number): Actor {
    const told: Partial<StatelyActorEvent> = event.type === '@xstate.actor' ? event : {};
    const actor: Actor = {
      id: event.sessionId,
      name: told.name ?? event.sessionId,
      parentId: told.parentId ?? null,
      systemId: told.systemId ?? null,
      definition: told.definition ?? '',
      bornSeq: seq,
      snapshotSeqs: [],
      seqs: [],
      base: told.snapshot ?? { status: 'active' },
      pendingSeq: null,
    };
    this.actors.set(actor.id, actor);
    return actor;
  }

  #settle(actor: Actor, seq: number, type: string): void {
    const pending = actor.pendingSeq === null ? undefined : this.row(actor.pendingSeq);
    actor.pendingSeq = null;
    if (pending?.event.type !== '@xstate.event' || pending.event.event.type !== type) return;
    pending.settledSeq = seq;
  }

  #snapshotIn(seq: number, { base }: Actor): WireSnapshot {
    const event = this.row(seq)?.event;
    return event === undefined || event.type === '@xstate.event' ? base : event.snapshot;
  }

  #dropOldest(): void {
    const count = Math.ceil(this.#capacity * DROP_SHARE);
    const first = this.#firstSeq + count;
    for (const actor of this.actors.values()) {
      const last = lastUpTo(actor.snapshotSeqs, first - 1);
      if (last !== null) actor.base = this.#snapshotIn(last, actor);
      dropUpTo(actor.snapshotSeqs, first);
      dropUpTo(actor.seqs, first);
      const hasEnded = (actor.base.status ?? 'active') !== 'active';
      if (hasEnded && actor.seqs.length === 0) this.actors.delete(actor.id);
    }
    this.#rows = this.#rows.slice(count);
    this.#firstSeq = first;
  }
}

/** How many of ascending numbers are not above the limit. */
export function countUpTo(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? Infinity) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The greatest of them. */
function lastUpTo(ascending: readonly number[], limit: number): number | null {
  return ascending[countUpTo(ascending, limit) - 1] ?? null;
}

function dropUpTo(ascending: number[], first: number): void {
  const kept = ascending.findIndex((seq) => seq >= first);
  ascending.splice(0, kept < 0 ? ascending.length : kept);
}
