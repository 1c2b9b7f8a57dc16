/** One connection in memory: the socket that tenuto holds, and at the same time the hands that play its other end. */
import { SentLog } from './memory-log.ts';
import type { MemoryNetwork, MemoryPeer } from './memory-network.ts';
import { MemoryRoads } from './memory-roads.ts';
import type { Direction } from './memory-roads.ts';
import { MemoryTimers } from './memory-way.ts';
import type { DialRequest, Frame, Socket, SocketEnd, SocketHandlers } from '../ports/socket.ts';

/** A dead link's closing handshake is given up after it, as `ws` does. */
const CLOSE_TIMEOUT_MS = 30_000;

/** How long the other end believes in a socket whose end cannot get through to it. */
const GIVEN_UP_AFTER_MS = 60_000;

/** No close frame came. */
const BROKEN = { code: 1006, reason: '' };

const PING_BYTES = 2;
const DEFAULT_BALLAST_BYTES = 1_048_576;

export class MemorySocket extends SentLog implements Socket {
  readonly request: DialRequest;
  /** Whether the other end answers protocol pings. */
  answersPings = true;
  /** The subprotocol that the other end chose, to be set before the socket opens. */
  protocol = '';
  /** Pings that were sent. */
  pings = 0;
  readonly #network: MemoryNetwork<MemorySocket>;
  readonly #handlers: SocketHandlers;
  readonly #roads: MemoryRoads;
  readonly #timers: MemoryTimers;
  readonly #dialTimer: unknown;
  #phase: 'dialing' | 'open' | 'closing' | 'ended' = 'dialing';
  #isGoneTold = false;
  #isForgotten = false;

  /** A transport makes them: see `MemoryTransport`. */
  constructor(
    network: MemoryNetwork<MemorySocket>,
    request: DialRequest,
    handlers: SocketHandlers,
  ) {
    super(network.keepsFrames);
    const { clock } = network;
    this.request = request;
    this.#network = network;
    this.#handlers = handlers;
    this.#timers = new MemoryTimers(clock);
    this.#roads = new MemoryRoads(network, () => this.#handlers.onDrain());
    this.#dialTimer = this.#timers.after(request.timeoutMs, () => this.#finish(BROKEN));
  }

  get isOpen(): boolean {
    return this.#phase === 'open';
  }

  /** Nobody has let go of it yet: it is being dialled, is open, or is closing. */
  get isLive(): boolean {
    return this.#phase !== 'ended';
  }

  get bufferedBytes(): number {
    return this.#roads.line.bufferedBytes;
  }

  send(frame: Frame): void {
    if (!this.isOpen) return;
    const copy = this.noteSent(frame, this.#network.clock.nowMs());
    this.#roads.sendOut(copy.length, () => {
      this.noteArrived();
      this.#network.onFrame(this, copy);
    });
  }

  ping(): boolean {
    this.pings += 1;
    this.#roads.sendOut(PING_BYTES, () => {
      const { peer } = this.#network;
      if (peer !== undefined) peer.onPing(this);
      else if (this.answersPings) this.pong();
    });
    return true;
  }

  close(code: number, reason: string): void {
    if (!this.isLive) return;
    if (this.#phase === 'dialing') {
      this.#timers.after(0, () => this.#finish(BROKEN));
      return;
    }
    this.#phase = 'closing';
    this.#roads.sendOut(PING_BYTES, () => {
      this.#tellGone({ code, reason });
      this.#roads.sendIn(() => this.#finish({ code, reason }));
    });
    this.#timers.after(CLOSE_TIMEOUT_MS, () => this.#finish(BROKEN));
  }

  terminate(): void {
    this.#end(BROKEN);
  }

  /** A frame of the other end arrives here and now, after whatever is under way. Ignored until the socket is open. */
  say(frame: Frame): void {
    if (this.#hasOpened) this.#roads.in.rush(() => this.#hear(frame));
  }

  /** The same one latency later: the other end sends it now. */
  answer(frame: Frame): void {
    this.#roads.sendIn(() => this.#hear(frame));
  }

  /**
   * The connection ends, here and now. With 1006, the default, it breaks, and what is under way is lost; any other code
   * is the other end's close frame, which comes after whatever is under way, and not at all while the way is shut.
   *
   * Before the socket is open it is a refusal; then `facts` may hold `status`, `headers`, `body` and `errorCode`.
   */
  end(code = 1006, reason = '', facts: Partial<SocketEnd> = {}): void {
    const finish = (): void => this.#finish({ code, reason, ...facts });
    if (code !== 1006 && this.#hasOpened) this.#roads.in.rush(finish);
    else finish();
  }

  /** The other end sends its close frame now, which arrives one latency later, after what it said before. */
  hangUp(code: number, reason = ''): void {
    this.#roads.sendIn(() => this.#finish({ code, reason }));
  }

  endsAfter(ms: number, { code, reason, ...facts }: Omit<SocketEnd, 'kind'>): void {
    this.#timers.after(ms, () => this.end(code, reason, facts));
  }

  /** The dial is refused, once its answer has come. */
  refusedAfter(ms: number, end: Omit<SocketEnd, 'kind'>): void {
    this.#roads.in.put(ms, () => this.#finish(end));
  }

  /** A dial that hangs is answered after all. */
  opensAfter(ms: number): void {
    this.#roads.in.put(ms, () => this.#open());
  }

  /** The other end answers the dial: it opens one latency later. */
  accept(): void {
    this.opensAfter(this.#network.delayMs());
  }

  /** The other end answers the dial: it is refused one latency later. */
  refuse(end: Omit<SocketEnd, 'kind'>): void {
    this.refusedAfter(this.#network.delayMs(), end);
  }

  /** The other end answers a ping. */
  pong(): void {
    this.#roads.sendIn(() => this.#handlers.onPong());
  }

  /** The dial goes out to whoever serves the other end. @internal */
  knock(peer: MemoryPeer<MemorySocket>): void {
    this.#roads.sendOut(0, () => peer.onDial(this));
  }

  /** Up here and dead there: nothing gets through any more, while both ends believe in it. Returns what ends just this. */
  halfOpen(direction: Direction = 'both'): () => void {
    return this.#roads.shut(direction);
  }

  /** The same for good, whatever heals: a path that has forgotten the connection. */
  forget(): void {
    this.halfOpen();
    this.#isForgotten = true;
  }

  /** The way is open again: as TCP does, it brings what it held back, in order. */
  heal(): void {
    if (!this.#isForgotten) this.#roads.open();
  }

  get isHalfOpen(): boolean {
    return this.#roads.isShut;
  }

  set isHalfOpen(isHalfOpen: boolean) {
    if (isHalfOpen) this.halfOpen();
    else this.heal();
  }

  /** The whole network stands still, or moves on. @internal */
  stalled(isStalled: boolean): void {
    this.#roads.stall(isStalled);
  }

  /** The network takes nothing more: `bufferedBytes` is high at once, and what is sent waits. */
  congest(ballastBytes = DEFAULT_BALLAST_BYTES): void {
    this.#roads.line.congest(ballastBytes);
  }

  /** The network takes again: what waits goes out, and tenuto hears of it. */
  drain(): void {
    this.#roads.line.drain();
  }

  /** The network's speed has changed. @internal */
  speedChanged(): void {
    this.#roads.line.speedChanged();
  }

  get #hasOpened(): boolean {
    return this.#phase === 'open' || this.#phase === 'closing';
  }

  #open(): void {
    if (this.#phase !== 'dialing') return;
    this.#phase = 'open';
    this.#timers.stop(this.#dialTimer);
    this.#handlers.onOpen();
  }

  #hear(frame: Frame): void {
    if (this.#hasOpened) this.#handlers.onFrame(frame);
  }

  #finish(end: Omit<SocketEnd, 'kind'>): void {
    if (!this.isLive) return;
    const kind = this.#phase === 'dialing' ? 'refused' : 'closed';
    this.#end(end);
    this.#handlers.onEnd({ kind, ...end });
  }

  #end(end: Omit<SocketEnd, 'kind'>): void {
    const wasLive = this.isLive;
    this.#phase = 'ended';
    this.#roads.cut();
    this.#timers.stopAll();
    const { clock, peer, delayMs } = this.#network;
    if (!wasLive || peer === undefined) return;
    const throughMs = this.#roads.isHeld ? GIVEN_UP_AFTER_MS : delayMs();
    clock.setTimeout(() => this.#tellGone(end), throughMs);
  }

  #tellGone(end: Omit<SocketEnd, 'kind'>): void {
    if (this.#isGoneTold) return;
    this.#isGoneTold = true;
    this.#network.peer?.onGone(this, end);
  }
}
