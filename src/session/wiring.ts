/**
 * Where the charts meet sockets and bytes.
 *
 * Chart to bytes: dial, replay, hand over, let go. Bytes to chart: edges only. No byte of audio passes through an actor.
 */
import { Books } from './books.ts';
import type { ResolvedCandidate } from './candidates.ts';
import type { Demux, Result } from './demux.ts';
import type { SessionEmitter } from './emitter.ts';
import { requestErrorOf } from './failure-error.ts';
import { Gate } from './gate.ts';
import { Handover } from './handover.ts';
import { LinkWatch } from './link-watch.ts';
import { Link } from './link.ts';
import type { LinkHandlers } from './link.types.ts';
import type { ResolvedOptions } from './options.ts';
import { faulty } from './provider-faults.ts';
import { Rehearsal } from './rehearsal.ts';
import type { SimulatedFailure, SimulationOptions } from './rehearsal.ts';
import { Reporter } from './reporter.ts';
import type { Tell } from './reporter.ts';
import type { ReplayResult, SocketInput } from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';
import type { LinkMeasured } from '../../machines/liveness.types.ts';
import type { HandoverInput, HandoverResult } from '../../machines/orchestrator.types.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { Uplink } from '../audio/uplink.ts';
import type { Clock } from '../ports/clock.ts';
import type { ProviderEvent } from '../providers/contract.ts';

/** What whoever waits for the audio wants to know of it. */
export interface UplinkEdges {
  /** Everything captured is on its way. */
  caughtUp(): void;
  /** A result let audio leave the ring. */
  settled(): void;
  /** The link that carried audio is gone; another will catch up anew. */
  pause(): void;
}

/** A look that comes this late comes after a sleep: what stood before may not stand any more. */
const ASLEEP_MS = 5_000;

export class Wiring implements LinkHandlers<Link> {
  readonly #options: ResolvedOptions;
  readonly #uplink: Uplink;
  readonly #demux: Demux;
  readonly #emitter: SessionEmitter;
  #edges: UplinkEdges | null = null;
  /** From the loss of a link until its successor has caught up. */
  #books: Books | null = null;
  #rehearsal: Rehearsal | null = null;
  /** What the charts are told, and what the breakers and the budget are. */
  readonly reporter: Reporter;
  #links: readonly Link[] = []; // a link and the one tried beside it, for each of two connections at the most
  #current: Link | null = null;
  #replaying: { link: Link; done: () => void; fail: (error: unknown) => void } | null = null;
  #handover: Handover | null = null;
  #isWatching = true;

  constructor(options: ResolvedOptions, uplink: Uplink, demux: Demux, emitter: SessionEmitter) {
    this.#options = options;
    this.#uplink = uplink;
    this.#demux = demux;
    this.#emitter = emitter;
    this.reporter = new Reporter(options, uplink);
  }

  listen(edges: UplinkEdges): void {
    this.#edges = edges;
  }

  /** The link that carries audio now, or null while none does. */
  get current(): Link | null {
    return this.#current;
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  /** Asks the service for the final of everything sent; false where there is nobody to ask. */
  flush(): boolean {
    return this.#current?.askFlush(this.#uplink.cursorPosition) ?? false;
  }

  /** Looks at no link any more: the session closes. */
  stopWatching(): void {
    this.#isWatching = false;
    for (const link of this.#links) link.watch?.stop();
  }

  /** Lets everything go that the charts can no longer let go of. */
  release(): void {
    for (const link of this.#links) this.#letGo(link);
  }

  /** Lets the link that carries audio fail, and the next dials with it; false where there is none just now. */
  simulate(kind: SimulatedFailure, options: SimulationOptions): boolean {
    const link = this.#current;
    this.#rehearsal ??= new Rehearsal();
    if (kind === 'halfOpen') link?.deafen();
    else if (kind === 'perRequest') {
      const candidate = link?.candidate ?? this.#options.candidates[0];
      this.#tellRequestFailed(candidate, this.#rehearsal.plan(kind, options));
    } else {
      const failure = this.#rehearsal.plan(kind, options);
      link?.fail(failure);
    }
    return link !== null;
  }

  /** Dials, and owns the socket until the actor ends. */
  runSocket(input: SocketInput, tell: Tell, receive: (listener: () => void) => void): () => void {
    try {
      const link = this.#dial(input, tell);
      receive(() => {
        link.probe();
      });
      return () => {
        this.#letGo(link);
      };
    } catch (error) {
      this.reporter.lost({ ...input, tell }, faulty(error), true);
      return () => undefined;
    }
  }

  #dial({ lane, candidate: index, id, reason }: SocketInput, tell: Tell): Link {
    const { candidates, format, clock, admission } = this.#options;
    const candidate = candidates[index] ?? candidates[0];
    const { slots } = admission;
    const link = new Link({ id, lane, candidate, format, clock, slots, tell, handlers: this });
    this.#links = [...this.#links, link];
    void link.dial(reason, this.reporter.dials(link) ?? this.#rehearsal?.take() ?? null);

    return link;
  }

  onOpen(link: Link): void {
    const atMs = this.#options.clock.nowMs();
    if (this.#isWatching) link.watch = new LinkWatch(this.#options, this.#uplink, link, this);
    this.reporter.tell(link, { type: 'socket.opened', id: link.id, atMs });
    this.reporter.tell(link, { type: 'socket.configured', id: link.id, atMs }); // the query was the configuration
  }

  onEvents(link: Link, events: readonly ProviderEvent[]): void {
    this.#options.network?.sawTraffic();
    for (const event of events) this.#handle(link, event);
  }

  onDrain(link: Link): void {
    if (link === this.#current) this.#uplink.drained();
  }

  /** The chart waits for a replay: that it failed, it learns from there. */
  onFaulty(link: Link, error: unknown): void {
    if (this.#replaying?.link !== link) {
      link.fail(faulty(error));
      return;
    }
    this.#uplink.shut();
    this.#replaying.fail(error);
    this.#replaying = null;
  }

  onLost(link: Link, failure: Failure): void {
    this.reporter.lost(link, failure, link.openedAtMs === null);
  }

  onMeasured(link: Link, look: LinkMeasured): void {
    this.reporter.tell(link, look);
    if (look.lateByMs > ASLEEP_MS) this.reporter.woke(link, look);
    if (link === this.#current) this.reporter.watchStalls(link, look);
  }

  isCarrying(link: Link): boolean {
    return link === this.#current;
  }

  #handle(link: Link, event: ProviderEvent): void {
    switch (event.kind) {
      case 'ignored':
        return;
      case 'failed':
        if (event.failure.kind !== 'perRequest') link.fail(event.failure);
        else this.#tellRequestFailed(link.candidate, event.failure);
        return;
      case 'endAnnounced':
      case 'facultyLost':
      case 'facultyRestored':
        this.reporter.announced(link, event);
        return;
      case 'transcript':
      case 'finished':
      case 'speechStarted':
      case 'utteranceEnded':
        this.#handleResult(link, event);
    }
  }

  #handleResult(link: Link, event: Result): void {
    const atMs = this.#options.clock.nowMs();
    if (!link.hasAnswered) {
      link.hasAnswered = true;
      this.reporter.tell(link, { type: 'server.answered', id: link.id, atMs });
    }
    if (link !== this.#current) return; // only the link that carries the audio has a say about it

    const settledBefore = this.#uplink.ledger.settledThrough;
    this.#demux.take(link, event);
    this.reporter.answered(event);
    if (this.#uplink.ledger.settledThrough === settledBefore) return;
    this.reporter.committed(link);
    this.#handover?.settled();
    this.#edges?.settled();
  }

  #tellRequestFailed({ provider }: ResolvedCandidate, failure: Failure): void {
    this.#emitter.emit({ type: 'warning', error: requestErrorOf(failure, provider.name) });
  }

  /** The chart's state ended, and with it the socket. */
  #letGo(link: Link): void {
    if (link === this.#current) {
      this.#books ??= this.#openBooks(); // an outage with two losses is one outage
      this.#edges?.pause();
      this.#uplink.shut();
      this.#demux.dropInterim();
      this.#current = null;
      this.#handover?.end();
    }
    if (this.#replaying?.link === link) this.#replaying = null;
    this.#links = this.#links.filter((other) => other !== link);
    this.reporter.released(link);
    link.release();
  }

  /** Opens the gate on this link; resolves when the backlog is out and audio is live. */
  replay({ lane, id }: SocketInput): Promise<ReplayResult> {
    const link = this.#links.find((candidate) => candidate.lane === lane && candidate.id === id);
    if (link === undefined) return new Promise(() => undefined); // lost meanwhile: the chart knows
    const books = (this.#books ??= this.#openBooks());

    return new Promise((resolve, reject) => {
      this.#replaying = {
        link,
        fail: reject,
        done: () => {
          this.#replaying = null;
          this.reporter.lastFact = 'replay.finished';
          this.#books = null;
          resolve(books.read());
        },
      };
      this.#current = link;
      this.#uplink.open(new Gate(link, link.candidate.provider.traits.replayRateRatio, this));
    });
  }

  /**
   * In a pause, the final of what was said is waited for, so that the next link begins where it ended. It is not asked
   * for: a flush would cut an utterance in two, and a recogniser words its halves otherwise than the whole.
   */
  handOver({ from }: HandoverInput): Promise<HandoverResult> {
    const { owner } = this.reporter;
    const isCarrying = this.#current?.lane === from;
    const isPause = this.#uplink.isCaughtUp && owner?.isPaused === true;
    this.#handover = new Handover(this.#options.clock, this.#uplink, owner?.spokenThrough ?? 0);
    const done = this.#handover.begin(isCarrying && isPause);

    return done.then(() => ({ atMs: this.#options.clock.nowMs() }));
  }

  onCaughtUp(): void {
    this.#replaying?.done();
    this.#edges?.caughtUp();
  }

  onFirstAudio(): void {
    const { ledger, ring } = this.#uplink;
    this.#emitter.emit({
      type: 'audio.flowing',
      fromMs: this.#msOf(ledger.settledThrough),
      backlogMs: this.#msOf(ring.endPosition - ledger.settledThrough),
    });
  }

  #openBooks(): Books {
    return new Books(this.#uplink, this.#demux, this.#options.format);
  }

  #msOf(bytes: number): number {
    return (bytes * 1_000) / (this.#options.format.sampleRateHz * BYTES_PER_SAMPLE);
  }
}
