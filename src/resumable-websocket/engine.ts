/**
 * Where the connection chart meets the sockets of one resumable WebSocket. The chart decides when to dial, wait, suspect and
 * give up; the outbox has what is not settled; whoever is told of it makes events of it. It lives from the first dial to the
 * end; another one may go on with what it leaves.
 */
import type { Farewell } from './addresses.ts';
import { actorFor, followNetwork } from './charted.ts';
import type { SocketActor } from './charted.ts';
import type { Ended, EngineHandlers, EngineLegacy } from './engine.types.ts';
import { brokenBy, closedBy, endedBy } from './ends.ts';
import type { LossFacts } from './events.types.ts';
import type { Link } from './link.ts';
import type { PeerKind, SocketTarget } from './link.types.ts';
import { Links } from './links.ts';
import type { LinksOwner } from './links.ts';
import { MessageSession } from './message-session.ts';
import type { ResolvedSocketOptions } from './options.ts';
import type { Outbox } from './outbox.ts';
import { Timers } from './timers.ts';
import type { ConnectionSignal } from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';
import type { SocketEnd } from '../ports/socket.ts';
import { statusOf } from '../session/status.ts';

/** When everything is on both sides, the gateway has so long to say goodbye. */
const GOODBYE_WITHIN_MS = 2_000;
export class Engine implements LinksOwner {
  readonly options: ResolvedSocketOptions;
  readonly target: SocketTarget;
  readonly outbox: Outbox;
  readonly session: MessageSession;
  kind: PeerKind;
  readonly #handlers: EngineHandlers;
  readonly #actor: SocketActor;
  readonly #links = new Links(this);
  #isUp = false;
  /** Of the newest connection that stood. */
  #upAtMs: number | null = null;
  #retries = 0;
  /** How the newest socket ended. */
  #end: SocketEnd | null = null;
  #closing: Farewell | null = null;
  #hasFinished = false;
  readonly #timers: Timers;
  #stopListening: (() => void) | null = null;
  #isOver = false;

  constructor(
    options: ResolvedSocketOptions,
    target: SocketTarget,
    handlers: EngineHandlers,
    { outbox, session, kind }: EngineLegacy,
  ) {
    this.options = options;
    this.target = target;
    this.outbox = outbox;
    this.session = session ?? new MessageSession(options.random, outbox);
    this.kind = kind;
    this.#handlers = handlers;
    this.#timers = new Timers(options.clock);
    this.#actor = actorFor(this.#links, kind, this.session.claim.isKnown);
    this.#actor.on('*', (signal) => {
      this.#hear(signal);
    });
    this.#actor.subscribe({
      next: (snapshot) => {
        const status = statusOf(snapshot);
        if (!this.#isOver && status !== 'idle') handlers.onStatus(status);
      },
      error: () => this.#finish(brokenBy('the chart failed')),
    });
  }

  start(): void {
    this.#actor.start();
    this.#stopListening = followNetwork(this.options, this.#actor);
    this.#actor.send({ type: 'session.connect' });
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Dials in a row that followed a loss; 0 again once a connection has stood for `minUptime`. */
  get retries(): number {
    const { policies, clock } = this.options;
    const stoodMs = this.#upAtMs === null || !this.#isUp ? -1 : clock.nowMs() - this.#upAtMs;
    return stoodMs >= (policies.plain.healthyAfterMs ?? Infinity) ? 0 : this.#retries;
  }

  /** Of messages: what is not settled, and what a plain socket has not given on. */
  get bufferedBytes(): number {
    return this.outbox.bytes + (this.#links.carrier?.bytesInSocket ?? 0);
  }

  /** There is something new in the outbox. */
  pump(): void {
    this.#links.carrier?.pump();
    this.#advanceClose();
  }

  /** What is left is sent first; of a gateway its acknowledgement is waited for, over as many sockets as that takes. */
  close(farewell: Farewell): void {
    if (this.#closing !== null || this.#isOver) return;
    this.#closing = farewell;
    const isWorthWaiting = this.#isUp || (this.kind === 'gateway' && this.outbox.messages > 0);
    if (!isWorthWaiting) {
      this.#finish(brokenBy('it was closed before it was open'));
      return;
    }
    this.#timers.after('close', this.options.closeTimeoutMs, () => {
      this.#finish(brokenBy('it could not be closed in time'));
    });
    this.#advanceClose();
  }

  /** Lets everything go without a word about it; another engine goes on. */
  abandon(farewell: Farewell): EngineLegacy {
    this.#isOver = true;
    this.#isUp = false;
    this.#letGoOfAll(farewell);
    return this.legacy;
  }

  /** A session that has come to its end is not taken up again. */
  get legacy(): EngineLegacy {
    const { outbox, session, kind } = this;
    return { outbox, kind, session: this.#hasFinished ? null : session };
  }

  onCarrier({ socket, isResumed }: Link): void {
    const wasUp = this.#isUp;
    this.#isUp = true;
    this.#upAtMs = this.options.clock.nowMs();
    const { protocol = '', extensions = '' } = socket ?? {};
    this.options.debug('open', { protocol, kind: this.kind });
    this.#handlers.onUp({ wasUp, isResumed, protocol, extensions });
  }

  onMessage(data: string | Uint8Array): void {
    this.options.network?.sawTraffic();
    this.#handlers.onMessage(data);
  }

  onLoss(loss: LossFacts): void {
    this.options.debug('loss', loss);
    this.#handlers.onLoss(loss);
  }

  onWarning(failure: Failure): void {
    this.options.debug('warning', failure);
    this.#handlers.onWarning(failure);
  }

  onSettled(): void {
    this.#advanceClose();
  }

  isContested(link: Link): boolean {
    return this.#links.isContested(link);
  }

  isSpare(link: Link): boolean {
    return this.#links.isSpare(link);
  }

  isNeeded(link: Link): boolean {
    return this.#links.isNeeded(link);
  }

  onLost(link: Link, end: SocketEnd | null, failure: Failure): void {
    const ended = endedBy(end, failure);
    const { carrier } = this.#links;
    if (carrier === null || carrier === link) this.#end = end;
    this.options.debug('lost', { code: failure.code, detail: failure.detail });
    const isLast = this.#closing !== null && (this.kind !== 'gateway' || this.#hasFinished);
    if (isLast) {
      this.#finish(this.#hasFinished ? closedBy(this.#closing) : ended);
      return;
    }
    const mayGoOn = this.kind === 'gateway' || this.#handlers.mayReconnect(ended);
    this.#links.lost(link, mayGoOn ? failure : { ...failure, kind: 'config' });
  }

  onFinished(): void {
    this.#hasFinished = true;
    this.#timers.after('close', GOODBYE_WITHIN_MS, () => {
      this.#finish(closedBy(this.#closing));
    });
  }

  onEndedThere(): void {
    this.#hasFinished = true;
    this.#finish(closedBy(this.#closing));
  }

  #hear(signal: ConnectionSignal): void {
    if (this.#isOver) return;
    if (signal.type === 'connection.reconnecting') {
      const wasUp = this.#isUp;
      this.#isUp = false;
      this.#retries = signal.attempt;
      const { attempt, backoffDelayMs: delayMs } = signal;
      this.options.debug('reconnecting', { attempt, delayMs });
      this.#handlers.onDown({ ...this.#endedFor(signal.cause), wasUp, attempt, delayMs });
    } else if (signal.type === 'connection.failed') {
      this.#finish({ ...this.#endedFor(signal.failure), failure: signal.failure });
    }
  }

  #endedFor(failure: Failure): Ended {
    const end = this.#end;
    this.#end = null;
    return endedBy(end, failure);
  }

  #advanceClose(): void {
    const link = this.#links.carrier;
    if (this.#closing === null || link === null || this.outbox.messages > 0) return;
    if (this.kind === 'gateway') link.sayGoodbye();
    else link.hangUp(this.#closing);
  }

  #finish(ended: Ended): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isUp = false;
    this.options.debug('closed', { code: ended.code, cause: ended.cause });
    this.#letGoOfAll(null);
    const isGateway = this.kind === 'gateway';
    const left = this.session.leave(this.outbox, isGateway, this.#hasFinished);
    for (const loss of left) this.onLoss(loss);
    this.#handlers.onOver(ended, this.#closing !== null);
  }

  #letGoOfAll(farewell: Farewell | null): void {
    this.#timers.stop();
    this.#stopListening?.();
    this.#stopListening = null;
    this.#links.letGoOfAll(farewell);
    queueMicrotask(() => this.#actor.stop()); // it may be its own signal that led here
  }
}
