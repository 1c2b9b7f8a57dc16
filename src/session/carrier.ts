/**
 * The link that carries the audio: what is replayed on it, what its results settle, what its loss costs, and how the
 * next one takes over. The others stand by, and have no say about the audio.
 */
import { Books } from './books.ts';
import type { Demux, Result } from './demux.ts';
import type { SessionEmitter } from './emitter.ts';
import { Gate } from './gate.ts';
import type { GateEdges } from './gate.ts';
import type { Handover } from './handover.ts';
import type { Link } from './link.ts';
import type { Reporter } from './reporter.ts';
import type { ReplayResult } from '../../machines/connection.types.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { Uplink } from '../audio/uplink.ts';

/** What whoever waits for the audio wants to know of it. */
export interface UplinkEdges {
  /** Everything captured is on its way. */
  caughtUp(): void;
  /** A result let audio leave the ring. */
  settled(): void;
  /** The service has understood more than it told of before, and nothing of it is settled yet. */
  wentOn(): void;
  /** The link that carried audio is gone; another will catch up anew. */
  pause(): void;
  /** The service has told all that comes of what it was sent. */
  finished(link: Link): void;
}

interface Replay {
  readonly link: Link;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

export class Carrier implements GateEdges {
  readonly #uplink: Uplink;
  readonly #demux: Demux;
  readonly #emitter: SessionEmitter;
  readonly #reporter: Reporter;
  #edges: UplinkEdges | null = null;
  #link: Link | null = null;
  #replay: Replay | null = null;
  /** From the loss of a link until its successor has caught up. */
  #books: Books | null = null;
  #hasCarried = false;
  /** How far the results of the link that carries have come, in samples of its own. */
  #heardSample = 0;
  /** Waits for the last result of the link that carries, where another is to take over. */
  #handover: Pick<Handover, 'settled' | 'end'> | null = null;

  constructor(uplink: Uplink, demux: Demux, emitter: SessionEmitter, reporter: Reporter) {
    this.#uplink = uplink;
    this.#demux = demux;
    this.#emitter = emitter;
    this.#reporter = reporter;
  }

  listen(edges: UplinkEdges): void {
    this.#edges = edges;
  }

  /** Null while none carries. */
  get link(): Link | null {
    return this.#link;
  }

  /** Opens the gate on this link; resolves when the backlog is out and audio is live. */
  replay(link: Link): Promise<ReplayResult> {
    const books = (this.#books ??= this.#openBooks());

    return new Promise((resolve, reject) => {
      this.#replay = {
        link,
        fail: reject,
        done: () => {
          this.#replay = null;
          this.#reporter.lastFact = 'replay.finished';
          this.#books = null;
          resolve(books.read());
        },
      };
      this.#link = link;
      this.#hasCarried = true;
      this.#heardSample = 0;
      if (this.#stand(link)) this.#edges?.settled(); // what was in flight may have arrived, and nobody says so again
      this.#uplink.open(new Gate(link, this));
    });
  }

  /** False where the other end does not keep audio. */
  #stand({ restored }: Link): boolean {
    const { throughSample } = restored ?? {};
    if (throughSample === undefined) return false;
    this.#uplink.stand(throughSample * BYTES_PER_SAMPLE);
    return true;
  }

  /** Its provider threw over a piece of audio. False where no replay waits for this link, and nobody knows yet. */
  failReplay(link: Link, error: unknown): boolean {
    if (this.#replay?.link !== link) return false;
    this.#uplink.shut();
    this.#replay.fail(error);
    this.#replay = null;
    return true;
  }

  /** What a link was told of the audio: only the one that carries it is heard, and whoever tells each result but once. */
  take(link: Link, event: Result): void {
    if (link !== this.#link) {
      if (!isToldOnce(link, event)) return;
      if (!this.#hasCarried) this.#stand(link); // of what a process before this one has sent
      this.#demux.take(link, event);
      if (event.kind === 'finished') this.#edges?.finished(link); // told to a link that asked for what had ended
      return;
    }
    const settledBefore = this.#uplink.ledger.settledThrough;
    this.#demux.take(link, event);
    this.#reporter.answered(event);
    if (event.kind === 'finished') this.#edges?.finished(link);
    if (event.kind === 'transcript' && event.endSample > this.#heardSample) {
      this.#heardSample = event.endSample;
      this.#edges?.wentOn();
    }
    if (this.#uplink.ledger.settledThrough === settledBefore) return;
    this.#reporter.committed(link);
    this.#handover?.settled();
    this.#edges?.settled();
  }

  /** Of what is not settled nothing was speech, as far as can be heard here. */
  get isQuiet(): boolean {
    return (this.#reporter.owner?.spokenThrough ?? 0) <= this.#uplink.ledger.settledThrough;
  }

  drained(link: Link): void {
    if (link === this.#link) this.#uplink.drained();
  }

  /** Another is to take over. */
  waitFor(handover: Pick<Handover, 'settled' | 'end'>): void {
    this.#handover = handover;
  }

  /** Asks the service for the final of everything sent; false where there is nobody to ask. */
  flush(): boolean {
    return this.#link?.askFlush(this.#uplink.cursorPosition) ?? false;
  }

  /** A final was asked for in vain. Of services that tell nothing of silence, that says that it was silence. */
  flushTimedOut(): void {
    const link = this.#link;
    for (const event of link?.settleSilence(this.isQuiet, true) ?? []) {
      if (link !== null && event.kind === 'transcript') this.take(link, event);
    }
  }

  /** The link is let go of. */
  leave(link: Link): void {
    if (link === this.#link) {
      this.#books ??= this.#openBooks(); // an outage with two losses is one outage
      this.#edges?.pause();
      this.#uplink.shut();
      this.#demux.dropInterim();
      this.#link = null;
      this.#handover?.end();
    }
    if (this.#replay?.link === link) this.#replay = null;
  }

  onCaughtUp(): void {
    this.#replay?.done();
    this.#edges?.caughtUp();
  }

  onFirstAudio(): void {
    const { ledger, ring } = this.#uplink;
    this.#emitter.emit({
      type: 'audio.flowing',
      fromMs: this.#uplink.msOf(ledger.settledThrough),
      backlogMs: this.#uplink.msOf(ring.endPosition - ledger.settledThrough),
    });
  }

  #openBooks(): Books {
    return new Books(this.#uplink, this.#demux);
  }
}

/** A session that is kept is taken up with its results, before the link carries any audio. */
function isToldOnce({ candidate }: Link, event: Result): boolean {
  const isHint = event.kind === 'transcript' && !event.isFinal;
  const isOnce = !isHint && ['transcript', 'dropped', 'finished'].includes(event.kind);
  return isOnce && candidate.provider.traits.keepsAudio === true;
}
