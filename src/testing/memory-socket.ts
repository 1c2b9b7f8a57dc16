/** One connection in memory: the socket that tenuto holds, and at the same time the hands that play its other end. */
import { SentLog } from './memory-log.ts';
import type { SentFrame } from './memory-log.ts';
import { MemoryLine, MemoryRoad, MemoryTimers } from './memory-way.ts';
import type { Direction } from './memory-way.ts';
import type { Clock } from '../ports/clock.ts';
import type { DialRequest, Frame, Socket, SocketEnd, SocketHandlers } from '../ports/socket.ts';

/** What a socket asks of the network that it is part of. */
export interface MemoryNetwork {
  readonly clock: Clock;
  /** How long the next thing will be under way. */
  readonly delayMs: () => number;
  readonly bytesPerSecond: () => number;
  readonly onFrame: (socket: MemorySocket, frame: Frame) => void;
}

/** A dead link's closing handshake is given up after it, as `ws` does. */
const CLOSE_TIMEOUT_MS = 30_000;

/** No close frame came. */
const BROKEN = { code: 1006, reason: '' };

const PING_BYTES = 2;
const DEFAULT_BALLAST_BYTES = 1_048_576;

export class MemorySocket implements Socket {
  readonly request: DialRequest;
  /** Whether the other end answers protocol pings. */
  answersPings = true;
  /** Pings that were sent. */
  pings = 0;
  readonly #network: MemoryNetwork;
  readonly #handlers: SocketHandlers;
  readonly #line: MemoryLine;
  readonly #out: MemoryRoad;
  readonly #in: MemoryRoad;
  readonly #timers: MemoryTimers;
  readonly #dialTimer: unknown;
  #phase: 'dialing' | 'open' | 'closing' | 'ended' = 'dialing';
  #dead: Direction | null = null;
  #isStalled = false;
  readonly #log = new SentLog();

  /** A transport makes them: see `MemoryTransport`. */
  constructor(network: MemoryNetwork, request: DialRequest, handlers: SocketHandlers) {
    const { clock } = network;
    this.request = request;
    this.#network = network;
    this.#handlers = handlers;
    this.#timers = new MemoryTimers(clock);
    this.#out = new MemoryRoad(clock);
    this.#in = new MemoryRoad(clock);
    this.#line = new MemoryLine({
      clock,
      bytesPerSecond: network.bytesPerSecond,
      onDrain: () => this.#handlers.onDrain(),
    });
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
    return this.#line.bufferedBytes;
  }

  /** Every frame that was given to `send` while the socket was open, in order. Bytes are copies. */
  get sent(): readonly SentFrame[] {
    return this.#log.frames;
  }

  /** All audio that was sent, in order. */
  get audio(): Uint8Array {
    return this.#log.audio();
  }

  /** All text frames that were sent, in order. */
  get texts(): readonly string[] {
    return this.#log.texts();
  }

  /** The audio that has reached the other end by now. */
  get heard(): Uint8Array {
    return this.#log.audio(this.#log.arrived);
  }

  send(frame: Frame): void {
    if (!this.isOpen) return;
    const copy = this.#log.add(frame, this.#network.clock.nowMs());
    this.#sendOut(copy.length, () => {
      this.#log.arrived += 1;
      this.#network.onFrame(this, copy);
    });
  }

  ping(): boolean {
    this.pings += 1;
    this.#sendOut(PING_BYTES, () => {
      if (this.answersPings) this.#sendIn(() => this.#handlers.onPong());
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
    this.#sendOut(PING_BYTES, () => this.#sendIn(() => this.#finish({ code, reason })));
    this.#timers.after(CLOSE_TIMEOUT_MS, () => this.#finish(BROKEN));
  }

  terminate(): void {
    this.#phase = 'ended';
    this.#line.cut();
    this.#out.cut();
    this.#in.cut();
    this.#timers.stopAll();
  }

  /** A frame of the other end arrives here and now, after whatever is under way. Ignored until the socket is open. */
  say(frame: Frame): void {
    if (this.#hasOpened) this.#in.rush(() => this.#hear(frame));
  }

  /** The same one latency later: the other end sends it now. */
  answer(frame: Frame): void {
    this.#sendIn(() => this.#hear(frame));
  }

  /**
   * The connection ends, here and now. With 1006, the default, it breaks, and what is under way is lost; any other code
   * is the other end's close frame, which comes after whatever is under way, and not at all while the way is shut.
   *
   * Before the socket is open it is a refusal; then `facts` may hold `status`, `headers`, `body` and `errorCode`.
   */
  end(code = 1006, reason = '', facts: Partial<SocketEnd> = {}): void {
    const finish = (): void => this.#finish({ code, reason, ...facts });
    if (code !== 1006 && this.#hasOpened) this.#in.rush(finish);
    else finish();
  }

  /** The other end sends its close frame now, which arrives one latency later, after what it said before. */
  hangUp(code: number, reason = ''): void {
    this.#sendIn(() => this.#finish({ code, reason }));
  }

  endsAfter(ms: number, { code, reason, ...facts }: Omit<SocketEnd, 'kind'>): void {
    this.#timers.after(ms, () => this.end(code, reason, facts));
  }

  /** The dial is refused, once its answer has come. */
  refusedAfter(ms: number, end: Omit<SocketEnd, 'kind'>): void {
    this.#in.put(ms, () => this.#finish(end));
  }

  /** A dial that hangs is answered after all. */
  opensAfter(ms: number): void {
    this.#in.put(ms, () => this.#open());
  }

  /** Up here and dead there: nothing gets through any more, while both ends believe in it. */
  halfOpen(direction: Direction = 'both'): void {
    this.#dead = direction;
    this.#holdRoads();
  }

  /** The way is open again: as TCP does, it brings what it held back, in order. */
  heal(): void {
    this.#dead = null;
    this.#holdRoads();
  }

  get isHalfOpen(): boolean {
    return this.#dead !== null;
  }

  set isHalfOpen(isHalfOpen: boolean) {
    if (isHalfOpen) this.halfOpen();
    else this.heal();
  }

  /** The whole network stands still, or moves on. @internal */
  stalled(isStalled: boolean): void {
    this.#isStalled = isStalled;
    this.#holdRoads();
  }

  /** The network takes nothing more: `bufferedBytes` is high at once, and what is sent waits. */
  congest(ballastBytes = DEFAULT_BALLAST_BYTES): void {
    this.#line.congest(ballastBytes);
  }

  /** The network takes again: what waits goes out, and tenuto hears of it. */
  drain(): void {
    this.#line.drain();
  }

  /** The network's speed has changed. @internal */
  speedChanged(): void {
    this.#line.speedChanged();
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
    this.terminate();
    this.#handlers.onEnd({ kind, ...end });
  }

  #sendOut(sizeBytes: number, arrive: () => void): void {
    this.#line.put(sizeBytes, () => this.#out.put(this.#network.delayMs(), arrive));
  }

  #sendIn(arrive: () => void): void {
    this.#in.put(this.#network.delayMs(), arrive);
  }

  #holdRoads(): void {
    const isDead = (direction: Direction): boolean =>
      this.#dead === 'both' || this.#dead === direction;
    this.#out.hold(this.#isStalled || isDead('out'));
    this.#in.hold(this.#isStalled || isDead('in'));
  }
}
