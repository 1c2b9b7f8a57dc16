/**
 * One socket by several dials. A path that swallows everything does not say when it carries again, and a dial that has begun on it
 * asks the next time after seconds (SYN is sent again after 1, 2, 4 s: RFC 6298, section 2). So another is made beside it,
 * every so often: the first that opens is the socket, and the first answer that is none ends all of them.
 */
import type { Clock } from '../ports/clock.ts';
import type {
  DialRequest,
  Frame,
  Socket,
  SocketEnd,
  SocketHandlers,
  Transport,
} from '../ports/socket.ts';

/** A dial is given up when it has had so long, or the time that its user gives it: SYN and upgrade are two round trips. */
const DIAL_MS = 2_000;
/** Where dials are given less, there is one after the other for so long nevertheless: nobody has said no. */
const LEAST_RACE_MS = 10_000;
/** More often than this it would be too many at once for what little they could win. */
const LEAST_EVERY_MS = 200;

export interface RaceOptions {
  readonly clock: Clock;
  /** From one dial to the next; null: there is but one. */
  readonly redialEveryMs: number | null;
}

/** How a link gets its socket. */
export function racing(transport: Transport, { clock, redialEveryMs }: RaceOptions): Transport {
  if (redialEveryMs === null) return transport;
  const everyMs = Math.max(redialEveryMs, LEAST_EVERY_MS);
  return { dial: (request, handlers) => new Race(transport, clock, everyMs, request, handlers) };
}

class Race implements Socket {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #request: DialRequest;
  readonly #handlers: SocketHandlers;
  readonly #endsAtMs: number;
  readonly #maxDials: number;
  #runners: Runner[] = [];
  #winner: Socket | null = null;
  #timer: unknown = null;

  constructor(
    transport: Transport,
    clock: Clock,
    everyMs: number,
    request: DialRequest,
    handlers: SocketHandlers,
  ) {
    this.#transport = transport;
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#request = request;
    this.#handlers = handlers;
    this.#maxDials = Math.ceil(Math.min(request.timeoutMs, DIAL_MS) / everyMs);
    this.#endsAtMs = clock.nowMs() + Math.max(request.timeoutMs, LEAST_RACE_MS);
    this.#dial();
  }

  get bufferedBytes(): number {
    return this.#winner?.bufferedBytes ?? 0;
  }

  get protocol(): string {
    return this.#winner?.protocol ?? '';
  }

  get extensions(): string {
    return this.#winner?.extensions ?? '';
  }

  send(frame: Frame): void {
    this.#winner?.send(frame);
  }

  ping(): boolean {
    return this.#winner?.ping() ?? false;
  }

  close(code: number, reason: string): void {
    if (this.#winner !== null) this.#winner.close(code, reason);
    else this.ended(null, { kind: 'refused', code: 1006, reason: '' });
  }

  terminate(): void {
    this.#stop(null);
    this.#winner?.terminate();
  }

  opened(runner: Runner): void {
    this.#winner = runner.socket;
    this.#stop(runner);
    this.#handlers.onOpen();
  }

  ended(runner: Runner | null, end: SocketEnd): void {
    this.#stop(runner);
    this.#handlers.onEnd(end);
  }

  #dial(): void {
    const timeoutMs = this.#endsAtMs - this.#clock.nowMs();
    if (timeoutMs <= 0) return; // those under way end now
    if (this.#runners.length >= this.#maxDials) this.#runners.shift()?.stop();
    const runner = new Runner(this, this.#handlers);
    this.#runners.push(runner);
    runner.start(this.#transport, { ...this.#request, timeoutMs });
    if (!this.#runners.includes(runner)) return; // it was answered at once
    this.#timer = this.#clock.setTimeout(() => {
      this.#dialAgain();
    }, this.#everyMs);
  }

  /** What a transport throws when nobody asked for this dial ends the race, as an answer would. */
  #dialAgain(): void {
    try {
      this.#dial();
    } catch {
      this.ended(null, { kind: 'refused', code: 1006, reason: '' });
    }
  }

  /** @param but this one, which is the socket or has ended. */
  #stop(but: Runner | null): void {
    this.#clock.clearTimeout(this.#timer);
    for (const runner of this.#runners) if (runner !== but) runner.stop();
    this.#runners = [];
  }
}

/** One of the dials. */
class Runner implements SocketHandlers {
  readonly #race: Race;
  readonly #handlers: SocketHandlers;
  socket: Socket | null = null;

  constructor(race: Race, handlers: SocketHandlers) {
    this.#race = race;
    this.#handlers = handlers;
  }

  start(transport: Transport, request: DialRequest): void {
    this.socket = transport.dial(request, this);
  }

  stop(): void {
    this.socket?.terminate();
  }

  onOpen(): void {
    this.#race.opened(this);
  }

  onFrame(frame: Frame): void {
    this.#handlers.onFrame(frame);
  }

  onPong(): void {
    this.#handlers.onPong();
  }

  onDrain(): void {
    this.#handlers.onDrain();
  }

  onEnd(end: SocketEnd): void {
    this.#race.ended(this, end);
  }
}
