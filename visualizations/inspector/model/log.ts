/** The rows that the event log shows: of the kind, of the actor and with the words that its reader asks for. */
import type { Row, Timeline } from './timeline.ts';

export type Kind = 'events' | 'actors' | 'all';

export interface Wanted {
  readonly kind: Kind;
  readonly actorId: string | null;
  /** Words that stand in the event's type, in its fields or in the actor's name; in lower case. */
  readonly text: string;
}

/** Goes through what is new only, as long as it is asked for the same. */
export class LogView {
  readonly #timeline: Timeline;
  #key = '';
  #seqs: number[] = [];
  #seenUpTo = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** Numbers of the rows, the oldest first. The same list grows from call to call. */
  seqs(wanted: Wanted): readonly number[] {
    const { firstSeq, endSeq } = this.#timeline;
    const key = JSON.stringify(wanted);
    if (key !== this.#key) {
      this.#key = key;
      this.#seqs = [];
      this.#seenUpTo = firstSeq;
    }
    if ((this.#seqs[0] ?? firstSeq) < firstSeq) {
      this.#seqs = this.#seqs.filter((seq) => seq >= firstSeq);
    }
    for (let seq = Math.max(this.#seenUpTo, firstSeq); seq < endSeq; seq += 1) {
      const row = this.#timeline.row(seq);
      if (row !== undefined && this.#isWanted(row, wanted)) this.#seqs.push(seq);
    }
    this.#seenUpTo = endSeq;
    return this.#seqs;
  }

  #isWanted({ event, actorId, seq }: Row, { kind, actorId: only, text }: Wanted): boolean {
    if (only !== null && actorId !== only) return false;
    if (kind === 'actors' && event.type !== '@xstate.actor') return false;
    if (kind === 'events' && event.type !== '@xstate.event') return false;
    // What an event led to stands in the event's own row.
    if (kind !== 'actors' && event.type === '@xstate.snapshot' && !this.#isUnasked(seq, actorId)) {
      return false;
    }
    if (text === '') return true;
    const name = this.#timeline.actors.get(actorId)?.name ?? '';
    const told = event.type === '@xstate.actor' ? event.name : JSON.stringify(event.event);
    return `${name} ${told}`.toLowerCase().includes(text);
  }

  /** A snapshot that no event of the log led to. */
  #isUnasked(seq: number, actorId: string): boolean {
    const seqs = this.#timeline.actors.get(actorId)?.seqs ?? [];
    const at = seqs.lastIndexOf(seq);
    const before = at <= 0 ? undefined : this.#timeline.row(seqs[at - 1] ?? -1);
    return before?.settledSeq !== seq;
  }
}
