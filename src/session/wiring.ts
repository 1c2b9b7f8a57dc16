/**
 * Where the charts meet sockets and bytes.
 *
 * Chart to bytes: dial, replay, hand over, let go. Bytes to chart: edges only. No byte of audio passes through an actor.
 */
import { Carrier } from './carrier.ts';
import type { Claims } from './claims.ts';
import type { Demux } from './demux.ts';
import type { SessionEmitter } from './emitter.ts';
import { Hearing, remembers } from './hearing.ts';
import { IgnoredFrames } from './ignored-frames.ts';
import { keepingOf } from './keeping-part.ts';
import { Link } from './link.ts';
import type { LinkHandlers } from './link.types.ts';
import { LinkWatch } from './link-watch.ts';
import type { WatchHandlers } from './link-watch.ts';
import type { Looks } from './looks.ts';
import type { ResolvedOptions } from './options.ts';
import type { Talk } from './talk.ts';
import { faulty } from './provider-faults.ts';
import { ratesOf } from './rates-part.ts';
import { rehearsalOf } from './rehearsal-part.ts';
import type { Rehearsal, SimulatedFailure, SimulationOptions } from './rehearsal.ts';
import { Reporter } from './reporter.ts';
import type { Tell } from './reporter.ts';
import { lostMeanwhile, obey } from './socket-commands.ts';
import type { Receive } from './socket-commands.ts';
import type { SocketUnanswered } from '../../machines/connection.peer.ts';
import type { ReplayResult, RestoreResult, SocketInput } from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';
import type { LinkMeasured } from '../../machines/liveness.types.ts';
import type { Uplink } from '../audio/uplink.ts';
import type { Clock } from '../ports/clock.ts';
import type { Durability } from '../ports/log-store.ts';
import type { Random } from '../ports/random.ts';
import type { ProviderEvent } from '../providers/contract.ts';

/** A look that comes this late comes after a sleep: what stood before may not stand any more. */
const ASLEEP_MS = 5_000;

export class Wiring implements LinkHandlers<Link>, WatchHandlers {
  readonly #options: ResolvedOptions;
  readonly clock: Clock;
  readonly random: Random;
  readonly uplink: Uplink;
  /** What the charts are told, and what the breakers and the budget are. */
  readonly reporter: Reporter;
  readonly carrier: Carrier;
  readonly ignored: IgnoredFrames;
  readonly #hearing: Hearing;
  /** Absent where no service gives a session to whoever asks last. */
  readonly #claims: Claims<Link> | undefined;
  #links: readonly Link[] = []; // a link and the one tried beside it, for each of two connections at the most
  #rehearsal: Rehearsal | null = null;
  #isWatching = true;

  constructor(
    options: ResolvedOptions,
    uplink: Uplink,
    demux: Demux,
    emitter: SessionEmitter,
    talk: () => Talk,
  ) {
    this.#options = options;
    this.clock = options.clock;
    this.random = options.random;
    this.uplink = uplink;
    this.reporter = new Reporter(options, uplink);
    this.carrier = new Carrier(uplink, demux, emitter, this.reporter);
    this.ignored = new IgnoredFrames(options.logger);
    this.#hearing = new Hearing(this, options, demux, emitter, talk);
    this.#claims = keepingOf(options)?.claims(
      () => this.#links,
      (link, failure) => {
        this.reporter.lost(link, failure, link.openedAtMs === null);
      },
    );
  }

  get durability(): Durability | null {
    return this.#hearing.durability;
  }

  /** The session closes: a link that carries is only kept open, until what is left is told; of the others nobody learns. */
  stopWatching(): void {
    this.#isWatching = false;
    for (const link of this.#links) if (!this.isCarrying(link)) link.watch?.stop();
  }

  /** Lets everything go that the charts can no longer let go of. */
  release(): void {
    for (const link of this.#links) this.#letGo(link);
  }

  /** Lets the link that carries audio fail, and the next dials with it; false where there is none just now. */
  simulate(kind: SimulatedFailure, options: SimulationOptions): boolean {
    const { link } = this.carrier;
    const candidate = link?.candidate ?? this.#options.candidates[0];
    this.#rehearsal ??= rehearsalOf(this.#options);
    this.#rehearsal.fail(link, kind, options, (failure) => {
      this.#hearing.tellRequestFailed(candidate, failure);
    });
    return link !== null;
  }

  /** Dials, and owns the socket until the actor ends. */
  runSocket(input: SocketInput, tell: Tell, receive: Receive, looks: Looks): () => void {
    try {
      const link = this.#dial(input, tell, looks);
      receive((command) => {
        obey(link, command, this.#options.clock.nowMs(), (failure) => {
          this.#hearing.tellRequestFailed(link.candidate, failure);
        });
      });
      return () => {
        this.#letGo(link);
      };
    } catch (error) {
      this.reporter.lost({ ...input, tell }, faulty(error), true);
      return () => undefined;
    }
  }

  #dial(input: SocketInput, tell: Tell, looks: Looks): Link {
    const { candidates, format, clock, admission, createResampler } = this.#options;
    const candidate = candidates[input.candidate] ?? candidates[0];
    const link = new Link({
      ...input,
      candidate,
      format,
      clock,
      slots: admission?.slots ?? null,
      tell,
      looks,
      handlers: this,
      createResampler,
      rates: ratesOf(this.#options),
      race: keepingOf(this.#options)?.race ?? null,
      ...(remembers(candidate) ? { memory: this.#hearing.memoryFor(candidate) } : {}),
    });
    this.#links = this.#links.concat(link); // a spread leaves room for more, and weighs it
    void link.dial(
      input.reason,
      this.reporter.dealing?.dials(link) ?? this.#rehearsal?.take() ?? null,
    );

    return link;
  }

  onOpen(link: Link): void {
    const options = this.#options;
    const atMs = options.clock.nowMs();
    if (this.#isWatching) link.watch = new LinkWatch(options, this.uplink, link, this);
    this.reporter.tell(link, { type: 'socket.opened', id: link.id, atMs });
    if (this.#isSpare(link)) link.watch?.greetLater(() => this.#greetIfNeeded(link));
    else link.greet();
    if (link.candidate.provider.traits.configures !== true) this.#hearing.configured(link); // by its request
  }

  onEvents(link: Link, events: readonly ProviderEvent[]): void {
    this.#options.network?.sawTraffic();
    for (const event of events) this.#hearing.hear(link, event);
    if (link.isConfigured) this.#claims?.settled();
  }

  /** It would take the session from the silent link beside which it was dialled. */
  #isSpare(link: Link): boolean {
    const { takesOver } = link.candidate.provider.traits;
    return takesOver === true && !link.isMove && this.#hearing.isBesideCarrier(link);
  }

  /** Not where the silent link spoke while this one was dialled. */
  #greetIfNeeded(link: Link): void {
    const spokeAtMs = this.carrier.link?.lastInboundAtMs ?? 0;
    if (!this.#isSpare(link) || spokeAtMs < link.madeAtMs) link.greet();
  }

  onDrain(link: Link): void {
    this.carrier.drained(link);
  }

  /** The chart waits for a replay: that it failed, it learns from there. */
  onFaulty(link: Link, error: unknown): void {
    if (!this.carrier.failReplay(link, error)) link.fail(faulty(error));
  }

  onLost(link: Link, failure: Failure): void {
    this.#hearing.lost(link, failure);
    if (this.#claims?.holdsBack(link, failure) === true) return;
    this.reporter.lost(link, failure, link.openedAtMs === null);
    this.#claims?.settled();
  }

  onMeasured(link: Link, look: LinkMeasured): void {
    if (this.#isWatching) this.#look(link, look);
    if (!this.isCarrying(link)) return;
    for (const event of link.settleSilence(this.carrier.isQuiet)) this.#hearing.hear(link, event);
  }

  #look(link: Link, look: LinkMeasured): void {
    if (this.#hearing.isBesideCarrier(link)) return; // that a hedge has opened says nothing of the silent one
    if (this.#claims?.isContested(link) === true) return; // whoever speaks, the service decides
    const { liveness } = link.candidate.provider.traits;
    if (link.looks.isNews(look, liveness)) this.reporter.tell(link, look);
    if (look.lateByMs > ASLEEP_MS) this.reporter.woke(link, look);
    if (this.isCarrying(link)) this.reporter.dealing?.watchStalls(link, look);
  }

  onUnanswered(link: Link, look: SocketUnanswered): void {
    this.reporter.tell(link, look);
  }

  onCredentialMissed(link: Link, failure: Failure): void {
    this.#hearing.tellRequestFailed(link.candidate, failure);
  }

  isCarrying(link: Link): boolean {
    return link === this.carrier.link;
  }

  /** The chart's state ended, and with it the socket. */
  #letGo(link: Link): void {
    this.carrier.leave(link);
    this.#hearing.leave(link);
    this.#links = this.#links.filter((other) => other !== link);
    this.reporter.released(link);
    link.release();
    this.#claims?.forget(link);
    this.#claims?.settled();
  }

  /** Resolves when the link has been given the conversation. */
  restore(input: SocketInput): Promise<RestoreResult> {
    const link = this.#linkOf(input);
    return link === null ? lostMeanwhile() : this.#hearing.restore(link);
  }

  /** Resolves when the backlog is out on this link and audio is live. */
  replay(input: SocketInput): Promise<ReplayResult> {
    const link = this.#linkOf(input);
    if (link === null) return lostMeanwhile();
    this.reporter.tellEnd(link); // of a hedge, nobody asked until now
    return this.carrier.replay(link);
  }

  #linkOf({ lane, id }: SocketInput): Link | null {
    return this.#links.find((link) => link.lane === lane && link.id === id) ?? null;
  }
}
