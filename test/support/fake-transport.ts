/** A network in one object: every dial is kept, and does what the test says. */
import type { Clock } from '../../src/ports/clock.ts';
import type {
  DialRequest,
  Frame,
  Socket,
  SocketEnd,
  SocketHandlers,
  Transport,
} from '../../src/ports/socket.ts';

/** What becomes of a dial. `hangs`: the socket never opens, and ends when its dial has timed out. */
export type DialOutcome = 'opens' | 'hangs' | Omit<SocketEnd, 'kind'>;

export interface SentFrame {
  readonly frame: Frame;
  readonly atMs: number;
}

export interface FakeTransportOptions {
  readonly clock: Clock;
  /** Of every dial, counted from 1. Default: all open. */
  readonly outcome?: (dial: number) => DialOutcome;
  /** What the other end does about a frame that reached it. */
  readonly onFrame?: (socket: FakeSocket, frame: Frame) => void;
}

/** One way. A round trip takes twice as long. */
const LATENCY_MS = 5;

export class FakeTransport implements Transport {
  readonly sockets: FakeSocket[] = [];
  outcome: (dial: number) => DialOutcome;
  readonly #options: FakeTransportOptions;

  constructor(options: FakeTransportOptions) {
    this.#options = options;
    this.outcome = options.outcome ?? (() => 'opens');
  }

  dial(request: DialRequest, handlers: SocketHandlers): FakeSocket {
    const { clock, onFrame } = this.#options;
    const socket = new FakeSocket(clock, request, handlers, onFrame ?? (() => undefined));
    this.sockets.push(socket);
    const outcome = this.outcome(this.sockets.length);
    if (outcome === 'opens') socket.opensAfter(LATENCY_MS);
    else if (outcome === 'hangs') socket.endsAfter(request.timeoutMs, { code: 1006, reason: '' });
    else socket.endsAfter(LATENCY_MS, outcome);

    return socket;
  }

  get last(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('nothing was dialled');
    return socket;
  }

  /** Sockets that nobody has let go of. */
  get live(): readonly FakeSocket[] {
    return this.sockets.filter(({ isLive }) => isLive);
  }
}

export class FakeSocket implements Socket {
  readonly request: DialRequest;
  readonly sent: SentFrame[] = [];
  /** Nothing gets through, either way, while both ends believe in it. */
  isHalfOpen = false;
  answersPings = true;
  pings = 0;
  bufferedBytes = 0;
  isOpen = false;
  isLive = true;
  readonly #clock: Clock;
  readonly #handlers: SocketHandlers;
  readonly #onFrame: (socket: FakeSocket, frame: Frame) => void;
  readonly #timers = new Set<unknown>();
  readonly #held: (() => void)[] = [];

  constructor(
    clock: Clock,
    request: DialRequest,
    handlers: SocketHandlers,
    onFrame: (socket: FakeSocket, frame: Frame) => void,
  ) {
    this.#clock = clock;
    this.request = request;
    this.#handlers = handlers;
    this.#onFrame = onFrame;
  }

  send(frame: Frame): void {
    if (!this.isOpen) return;
    const copy = typeof frame === 'string' ? frame : frame.slice();
    this.sent.push({ frame: copy, atMs: this.#clock.nowMs() });
    this.#getsThrough(() => this.#onFrame(this, copy));
  }

  ping(): boolean {
    this.pings += 1;
    if (this.answersPings) {
      this.#getsThrough(() => this.#after(2 * LATENCY_MS, () => this.#handlers.onPong()));
    }
    return true;
  }

  close(code: number, reason: string): void {
    this.#after(LATENCY_MS, () => this.end(code, reason));
  }

  terminate(): void {
    this.isOpen = false;
    this.isLive = false;
    for (const timer of this.#timers) this.#clock.clearTimeout(timer);
    this.#timers.clear();
  }

  /** The other end says something. */
  say(frame: Frame): void {
    if (this.isOpen) this.#getsThrough(() => this.#handlers.onFrame(frame));
  }

  /** The way is open again: as TCP does, it brings what it held back, in order. */
  heal(): void {
    this.isHalfOpen = false;
    for (const pass of this.#held.splice(0)) if (this.isLive) pass();
  }

  /** The same, one round trip later. */
  answer(frame: Frame): void {
    this.#after(2 * LATENCY_MS, () => this.say(frame));
  }

  /** The connection ends. */
  end(code = 1006, reason = '', facts: Partial<SocketEnd> = {}): void {
    if (!this.isLive) return;
    const kind = this.isOpen ? 'closed' : 'refused';
    this.terminate();
    this.#handlers.onEnd({ kind, code, reason, ...facts });
  }

  /** All audio that was sent, in order. */
  get audio(): Uint8Array {
    return Buffer.concat(
      this.sent.flatMap(({ frame }) => (typeof frame === 'string' ? [] : frame)),
    );
  }

  /** All text frames that were sent, in order. */
  get texts(): readonly string[] {
    return this.sent.flatMap(({ frame }) => (typeof frame === 'string' ? frame : []));
  }

  opensAfter(ms: number): void {
    this.#after(ms, () => {
      this.isOpen = true;
      this.#handlers.onOpen();
    });
  }

  endsAfter(ms: number, { code, reason, ...facts }: Omit<SocketEnd, 'kind'>): void {
    this.#after(ms, () => this.end(code, reason, facts));
  }

  #getsThrough(pass: () => void): void {
    if (this.isHalfOpen) this.#held.push(pass);
    else pass();
  }

  #after(ms: number, work: () => void): void {
    const timer = this.#clock.setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }
}
