/**
 * Where the chart meets sockets and bytes.
 *
 * Chart to bytes: dial, replay, let go. Bytes to chart: edges only. No byte of audio passes through an actor.
 */
import type { Demux } from './demux.ts';
import type { SessionEmitter } from './emitter.ts';
import { Gate } from './gate.ts';
import { LinkWatch } from './link-watch.ts';
import { Link } from './link.ts';
import type { LinkHandlers } from './link.ts';
import type { ResolvedOptions } from './options.ts';
import type {
  ConnectionEvent,
  ReplayResult,
  SocketInput,
} from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { Uplink } from '../audio/uplink.ts';
import type { Clock } from '../ports/clock.ts';
import type { ProviderEvent } from '../providers/contract.ts';

type Tell = (event: ConnectionEvent) => void;

/** What the session wants to know of the bytes. */
export interface UplinkEdges {
  /** Everything captured is on its way. */
  onCaughtUp(): void;
  /** A result let audio leave the ring. */
  onSettled(): void;
  /** The link that carried audio is gone; another will catch up anew. */
  onShut(): void;
}

export class Wiring implements LinkHandlers {
  readonly #options: ResolvedOptions;
  readonly #uplink: Uplink;
  readonly #demux: Demux;
  readonly #emitter: SessionEmitter;
  #links: readonly Link[] = []; // two at the most: the link and the one tried beside it
  readonly #watch: LinkWatch;
  readonly #edges: UplinkEdges;
  #current: Link | null = null;
  #replaying: { link: Link; done: () => void } | null = null;
  #tell: Tell = () => undefined;
  #booksAtLoss: ReplayResult | null = null;
  /** What the chart was told last: the reason of a state change. */
  lastFact: ConnectionEvent['type'] | 'replay.finished' = 'session.connect';

  constructor(
    options: ResolvedOptions,
    uplink: Uplink,
    demux: Demux,
    emitter: SessionEmitter,
    edges: UplinkEdges,
  ) {
    this.#options = options;
    this.#uplink = uplink;
    this.#demux = demux;
    this.#emitter = emitter;
    this.#edges = edges;
    this.#watch = new LinkWatch(options, uplink, (event) => {
      this.#tell(event);
    });
  }

  /** The link that carries audio now, or null while none does. */
  get current(): Link | null {
    return this.#current;
  }

  /** Gives the wiring the chart to tell its facts to. */
  connect(tell: Tell): void {
    this.#tell = (event) => {
      if (event.type !== 'link.measured') {
        this.lastFact = event.type;
        tell(event);
        return;
      }
      // The status only changes by a measurement where the chart finds from it that the link is dead.
      const before = this.lastFact;
      this.lastFact = 'link.died';
      tell(event);
      this.lastFact = before;
    };
  }

  /** Passes an order on to the chart. */
  order(order: Extract<ConnectionEvent, { type: 'session.connect' | 'session.close' }>): void {
    this.#tell(order);
  }

  /** Asks the service for the final of everything sent; false where there is nobody to ask. */
  flush(): boolean {
    const link = this.#current;
    if (link === null) return false;
    return link.askFlush(this.#uplink.cursorPosition);
  }

  /** Looks at no link any more: the session closes. */
  stopWatching(): void {
    this.#watch.stop();
  }

  /** Lets everything go that the chart can no longer let go of. */
  release(): void {
    for (const link of this.#links) this.#letGo(link);
  }

  /** Dials, and owns the socket until the actor ends. */
  runSocket(input: SocketInput, receive: (listener: () => void) => void): () => void {
    try {
      const link = this.#dial(input);
      receive(() => {
        link.probe();
      });
      return () => {
        this.#letGo(link);
      };
    } catch (error) {
      // A provider that throws is a bug that the next dial would meet again.
      this.#tellLost(input.id, { kind: 'config', code: 'provider', detail: String(error) });
      return () => undefined;
    }
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  #dial({ id, reason }: SocketInput): Link {
    const { provider, format, transport, clock } = this.#options;
    const link = new Link({ id, provider, format, transport, clock, handlers: this });
    this.#links = [...this.#links, link];
    void link.dial(reason);

    return link;
  }

  onOpen(link: Link): void {
    const atMs = this.#options.clock.nowMs();
    this.#tell({ type: 'socket.opened', id: link.id, atMs });
    this.#tell({ type: 'socket.configured', id: link.id, atMs }); // the query was the configuration
  }

  onEvents(link: Link, events: readonly ProviderEvent[]): void {
    for (const event of events) this.#handle(link, event);
  }

  onDrain(link: Link): void {
    if (link === this.#current) this.#uplink.drained();
  }

  onLost(link: Link, failure: Failure): void {
    this.#tellLost(link.id, failure);
  }

  #tellLost(id: number, failure: Failure): void {
    const { clock, random, logger } = this.#options;
    logger.info('a socket was lost', { socket: id, kind: failure.kind, code: failure.code });
    this.#tell({
      type: 'socket.lost',
      id,
      failure,
      atMs: clock.nowMs(),
      bufferedChunks: this.#uplink.bufferedChunks,
      unit: random.unit(),
    });
  }

  #handle(link: Link, event: ProviderEvent): void {
    if (event.kind === 'ignored') return;
    if (event.kind === 'failed') {
      if (event.failure.kind !== 'perRequest') link.fail(event.failure);
      return;
    }
    const atMs = this.#options.clock.nowMs();
    if (!link.hasAnswered) {
      link.hasAnswered = true;
      this.#tell({ type: 'server.answered', id: link.id, atMs });
    }
    if (link !== this.#current) return; // only the link that carries the audio has a say about it

    const settledBefore = this.#uplink.ledger.settledThrough;
    this.#pass(link, event);
    if (this.#uplink.ledger.settledThrough === settledBefore) return;
    if (!link.hasCommitted) {
      link.hasCommitted = true;
      this.#tell({ type: 'result.committed', id: link.id, atMs });
    }
    this.#edges.onSettled();
  }

  #pass(link: Link, event: Exclude<ProviderEvent, { kind: 'ignored' | 'failed' }>): void {
    switch (event.kind) {
      case 'transcript':
        this.#demux.transcript(link, event);
        return;
      case 'finished':
        this.#demux.finished(event.samples);
        return;
      case 'speechStarted':
        this.#demux.speechStarted(event.atSample);
        return;
      case 'utteranceEnded':
        this.#demux.utteranceEnded(event.atSample);
    }
  }

  /** The chart's state ended, and with it the socket. */
  #letGo(link: Link): void {
    if (link === this.#current) {
      this.#booksAtLoss ??= this.#books(); // an outage with two losses is one outage
      this.#edges.onShut();
      this.#uplink.shut();
      this.#demux.dropInterim();
      this.#current = null;
      this.#watch.stop();
    }
    if (this.#replaying?.link === link) this.#replaying = null;
    this.#links = this.#links.filter((other) => other !== link);
    link.release();
  }

  /** Opens the gate on this link; resolves when the backlog is out and audio is live. */
  replay(id: number): Promise<ReplayResult> {
    const link = this.#links.find((candidate) => candidate.id === id);
    if (link === undefined) return new Promise(() => undefined); // lost meanwhile: the chart knows
    const before = this.#booksAtLoss ?? this.#books();

    return new Promise((resolve) => {
      this.#replaying = {
        link,
        done: () => {
          this.#replaying = null;
          this.#booksAtLoss = null;
          this.lastFact = 'replay.finished';
          resolve(this.#replayedSince(before));
        },
      };
      this.#current = link;
      this.#watch.start(link);
      this.#uplink.open(new Gate(link, this.#options.provider.traits.replayRateRatio, this));
    });
  }

  onCaughtUp(): void {
    this.#replaying?.done();
    this.#edges.onCaughtUp();
  }

  onFirstAudio(): void {
    const { ledger, ring } = this.#uplink;
    this.#emitter.emit({
      type: 'audio.flowing',
      fromMs: this.#msOf(ledger.settledThrough),
      backlogMs: this.#msOf(ring.endPosition - ledger.settledThrough),
    });
  }

  #books(): ReplayResult {
    const { ledger } = this.#uplink;
    return {
      replayedChunks: ledger.replayedChunks,
      audioReplayedMs: this.#msOf(ledger.replayedBytes),
      audioLostMs: this.#msOf(ledger.bytes().gap),
      duplicatesDropped: this.#demux.duplicates,
    };
  }

  #replayedSince(before: ReplayResult): ReplayResult {
    const now = this.#books();
    return {
      replayedChunks: now.replayedChunks - before.replayedChunks,
      audioReplayedMs: now.audioReplayedMs - before.audioReplayedMs,
      audioLostMs: now.audioLostMs - before.audioLostMs,
      duplicatesDropped: now.duplicatesDropped - before.duplicatesDropped,
    };
  }

  #msOf(bytes: number): number {
    return (bytes * 1_000) / (this.#options.format.sampleRateHz * BYTES_PER_SAMPLE);
  }
}
