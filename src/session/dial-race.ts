/**
 * One socket by several dials. A path that swallows everything does not say when it carries again, and a dial that has begun on it
 * asks the next time after seconds (SYN is sent again after 1, 2, 4 s: RFC 6298, section 2). So another is made beside it,
 * every so often: the first that opens is the socket, and the first answer that is none ends all of them.
 */
import type { LinkOptions } from './link.types.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  DialRequest,
  Frame,
  Socket,
  SocketEnd,
  SocketHandlers,
  Transport,
} from '../ports/socket.ts';

type Way = Pick<LinkOptions<never>, 'candidate' | 'clock' | 'redialEveryMs'>;

/** Beyond them the oldest is given up: it has had three times as long as a dial is waited for before the next. */
const MAX_DIALS = 4;

/** How a link gets its socket. */
export function wayOf({ candidate, clock, redialEveryMs }: Way): Transport {
  const { transport } = candidate;
  return redialEveryMs === null ? transport : racing(transport, clock, redialEveryMs);
}

/** @param everyMs from one dial to the next. */
export function racing(transport: Transport, clock: Clock, everyMs: number): Transport {
  return { dial: (request, handlers) => new Race(transport, clock, everyMs, request, handlers) };
}

class Race implements Socket {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #request: DialRequest;
  readonly #handlers: SocketHandlers;
  readonly #endsAtMs: number;
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
    this.#endsAtMs = clock.nowMs() + request.timeoutMs;
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
    if (this.#runners.length === MAX_DIALS) this.#runners.shift()?.stop();
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
