/**
 * One dial of the connection chart: a socket, and what is spoken over it. It decides nothing: what happens to it is told,
 * once. Which language that is to be is found out here, and may take a second socket.
 */
import type { Farewell } from './addresses.ts';
import { peerAs } from './charted.ts';
import { config, transient, wordsOf } from './ends.ts';
import { LinkFacts } from './link-facts.ts';
import { LinkWatch } from './link-watch.ts';
import { failureOfPlainEnd } from './plain-wire.ts';
import { requestFor } from './requests.ts';
import type { PreparedDial } from './requests.ts';
import type { Wire, WireHost } from './wire.ts';
import { wireFor } from './wires.ts';
import type { SocketInput } from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';
import type { Frame, Socket, SocketEnd, SocketHandlers } from '../ports/socket.ts';
import { SUBPROTOCOL } from '../protocol/subprotocol.ts';
import { failureOfClose } from '../providers/gateway/failures.ts';
import { racing } from '../session/dial-race.ts';

const NO_STATUS = 1_005;
const BROKEN = 1_006;

export class Link extends LinkFacts<Link> implements SocketHandlers, WireHost {
  readonly #watch: LinkWatch;
  #prepared: PreparedDial | null = null;
  #socket: Socket | null = null;
  #wire: Wire | null = null;
  #isOver = false;
  #farewell: Farewell | null = null;
  /** It has asked for a session that another socket may have. */
  #hasGreeted = false;

  constructor(...facts: ConstructorParameters<typeof LinkFacts<Link>>) {
    super(...facts);
    this.#watch = new LinkWatch(this, this.owner.options);
  }

  /** Null where none is dialled, or not any more. */
  get socket(): Socket | null {
    return this.#socket;
  }

  get bufferedBytes(): number {
    return this.#socket?.bufferedBytes ?? 0;
  }

  /** Bytes of messages that a plain socket was given, and that may still be in it. */
  get bytesInSocket(): number {
    return this.#wire?.bytesInSocket ?? 0;
  }

  get wire(): Wire | null {
    return this.#wire;
  }

  get address(): string {
    return this.#prepared?.offering.url ?? '';
  }

  get isClaiming(): boolean {
    return this.#hasGreeted && !this.isConfigured && !this.#isOver;
  }

  async begin({ reason }: SocketInput): Promise<void> {
    try {
      const prepared = await requestFor(this.owner, reason);
      if (this.#isOver) return;
      this.#prepared = prepared;
      this.#dial(prepared.offers);
    } catch (error) {
      this.fail(transient('address', wordsOf(error)));
    }
  }

  /** Sends what may be sent just now. */
  pump(): void {
    if (this.isConfigured) this.#wire?.pump();
  }

  probe(): void {
    this.#wire?.probe();
  }

  sayGoodbye(): void {
    this.#wire?.sayGoodbye();
  }

  /** Starts the closing handshake; its end is told as any other. */
  hangUp(farewell: Farewell): void {
    if (this.#farewell !== null) return;
    this.#farewell = farewell;
    this.#socket?.close(farewell.code ?? NO_STATUS, farewell.reason);
  }

  /** Ends the link, and tells why. */
  fail(failure: Failure, end: SocketEnd | null = null): void {
    if (this.#isOver) return;
    const wasAsked = this.#farewell !== null && end !== null && end.code !== BROKEN;
    this.#end(wasAsked);
    this.owner.onLost(this, end, failure);
  }

  tellLost(failure: Failure): void {
    this.#watch.tellLost(failure);
  }

  /** Lets the socket go; nothing is told any more. @param farewell for the other end, where there is time for one. */
  release(farewell: Farewell | null = null): void {
    if (this.#isOver) return;
    if (farewell !== null && this.openedAtMs !== null) {
      this.#socket?.close(farewell.code ?? NO_STATUS, farewell.reason);
      this.#socket = null;
    }
    this.#end(false);
  }

  onOpen(): void {
    if (this.#isOver) return;
    this.openedAtMs = this.clock.nowMs();
    const { kind } = this.owner;
    const isGateway = this.offers && (this.#socket?.protocol ?? SUBPROTOCOL) === SUBPROTOCOL;
    if (kind === 'gateway' && !isGateway) {
      this.fail(config('subprotocol', `the server does not speak ${SUBPROTOCOL}`));
      return;
    }
    this.#wire = wireFor(isGateway, this, this.owner);
    this.tell({ type: 'socket.opened', id: this.id, atMs: this.openedAtMs });
    const isSpare = this.owner.isSpare(this);
    if (!isSpare) this.#greet(isGateway);
    this.#watch.start(isGateway);
    if (isSpare) this.#watch.greetLater(() => this.#greetIfNeeded());
  }

  onFrame(frame: Frame): void {
    if (this.#isOver || this.#wire === null) return;
    this.#watch.heard();
    this.#wire.hear(frame);
  }

  onPong(): void {
    if (this.#isOver) return;
    this.#watch.heard();
    this.#wire?.onPong();
  }

  onDrain(): void {
    this.pump();
  }

  onEnd(end: SocketEnd): void {
    if (this.#isOver) return;
    if (this.#mayBePlain(end)) this.misjudged();
    else this.fail(this.#failureOf(end), end);
  }

  /** The server does not speak `tenuto.v1`, whatever it said: it is dialled anew, as what it is. */
  misjudged(): void {
    this.#letSocketGo();
    this.#dial(false);
  }

  send(frame: Frame): void {
    this.#socket?.send(frame);
  }

  flowed(): void {
    this.#watch.flowed();
  }

  ping(): boolean {
    const can = this.#socket?.ping() === true;
    if (!can) this.#watch.cannotPing();
    return can;
  }

  configured(isResumed: boolean): void {
    this.isConfigured = true;
    this.isResumed = isResumed;
    const isFound = this.owner.kind === 'unknown';
    if (isFound) this.owner.kind = this.#hasGreeted ? 'gateway' : 'plain';
    const found = isFound ? { found: peerAs(this.owner.kind, this.owner.options) } : {};
    this.tell({ type: 'socket.configured', id: this.id, atMs: this.clock.nowMs(), ...found });
  }

  get isContested(): boolean {
    return this.owner.isContested(this);
  }

  pingSocket(): boolean {
    return this.#socket?.ping() === true;
  }

  settled(isCommitted: boolean): void {
    if (isCommitted) this.committed();
    this.owner.onSettled(this);
  }

  #greetIfNeeded(): void {
    if (this.#isOver || !this.owner.isNeeded(this)) return;
    this.#greet(true);
    this.#watch.greeted();
  }

  #greet(isGateway: boolean): void {
    this.#hasGreeted = isGateway;
    this.#wire?.greet();
  }

  #dial(offers: boolean): void {
    const prepared = this.#prepared;
    if (prepared === null) return;
    this.offers = offers;
    const { transport } = this.owner.options;
    const request = offers ? prepared.offering : prepared.plain;
    try {
      this.#socket = racing(transport, this).dial(request, this);
    } catch (error) {
      this.fail(config('dial', wordsOf(error))); // the same request fails again
    }
  }

  /** Some servers, and all browsers, end a connection on which a subprotocol was offered and none was chosen. */
  #mayBePlain({ kind, errorCode }: SocketEnd): boolean {
    return this.isTentative && (kind === 'closed' || errorCode === undefined);
  }

  #failureOf(end: SocketEnd): Failure {
    if (this.#wire !== null) return this.#wire.failureOf(end);
    return this.owner.kind === 'gateway' ? failureOfClose(end, false) : failureOfPlainEnd(end);
  }

  #end(wasAsked: boolean): void {
    this.#isOver = true;
    this.#letSocketGo(wasAsked);
  }

  #letSocketGo(wasAsked = false): void {
    this.#watch.stop();
    this.#wire?.ended(wasAsked);
    this.#wire = null;
    this.#hasGreeted = false;
    this.#socket?.terminate();
    this.#socket = null;
    this.openedAtMs = null;
  }
}
