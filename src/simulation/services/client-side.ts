/** A client's own machine: its clock, its way to the network, and both standing still while it is frozen. */
import { Finals } from './finals.ts';
import type { Place } from './places.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Http } from '../../ports/http.ts';
import type {
  DialRequest,
  Frame,
  Socket,
  SocketEnd,
  SocketHandlers,
  Transport,
} from '../../ports/socket.ts';
import { SimulatedHttp } from '../../simulators/network/simulated-http.ts';
import { dialFor } from '../process-socket.ts';

interface Timer {
  handle: unknown;
  isCleared: boolean;
}

/** What falls due while it is frozen happens when it thaws, one thing after another. */
export class ClientClock implements Clock {
  readonly #clock: Clock;
  /** So many faults have what a service tells for good come twice. */
  repeatingFinals = 0;
  readonly #late: (() => void)[] = [];
  #freezes = 0;
  #isCatchingUp = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.setTimeout = this.setTimeout.bind(this);
    this.clearTimeout = this.clearTimeout.bind(this);
  }

  /** What comes to it waits. */
  get isHeld(): boolean {
    return this.#freezes > 0 || this.#late.length > 0;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const timer: Timer = { handle: null, isCleared: false };
    timer.handle = this.#clock.setTimeout(() => {
      this.run(() => {
        if (!timer.isCleared) callback();
      });
    }, delayMs);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    if (timer === null || timer === undefined) return;
    const { handle } = timer as Timer;
    (timer as Timer).isCleared = true;
    this.#clock.clearTimeout(handle);
  }

  /** Now, or when the client thaws and has done what came before. */
  run(work: () => void): void {
    if (!this.isHeld) work();
    else this.#late.push(work);
  }

  /** Several may hold it: each has to let go. */
  freeze(): void {
    this.#freezes += 1;
  }

  thaw(): void {
    this.#freezes -= 1;
    if (this.#freezes === 0 && this.#late.length > 0 && !this.#isCatchingUp) this.#catchUp();
  }

  #catchUp(): void {
    this.#isCatchingUp = true;
    this.#clock.setTimeout(() => {
      this.#isCatchingUp = false;
      if (this.#freezes > 0) return;
      const work = this.#late[0];
      work?.();
      this.#late.shift(); // only now: what it brings about comes after what waits
      if (this.#late.length > 0) this.#catchUp();
    }, 0);
  }
}

export interface DialFact {
  readonly kind: 'dialled' | 'opened' | 'ended';
  readonly end?: SocketEnd;
}

/** One client's way to one service. */
export class ClientTransport implements Transport {
  readonly http: Http;
  readonly #clock: ClientClock;
  readonly #tell: (fact: DialFact) => void;
  readonly #place: Place;

  constructor(clock: ClientClock, place: Place, tell: (fact: DialFact) => void) {
    this.#clock = clock;
    this.#place = place;
    this.#tell = tell;
    this.http = new SimulatedHttp(this, clock);
  }

  dial(request: DialRequest, handlers: SocketHandlers): Socket {
    const clock = this.#clock;
    const place = this.#place;
    const finals = new Finals(place.service);
    this.#tell({ kind: 'dialled' });
    const dialled = (held: SocketHandlers): Socket => {
      const onFrame = (frame: Frame): void => {
        const habits = { areRepeated: clock.repeatingFinals > 0, areLost: place.losingFinals > 0 };
        for (let times = finals.times(frame, habits); times > 0; times -= 1) held.onFrame(frame);
      };
      return place.network.dial(request, { ...held, onFrame });
    };
    return dialFor(clock, handlers, dialled, {
      onOpen: () => this.#tell({ kind: 'opened' }),
      onEnd: (end) => this.#tell({ kind: 'ended', end }),
    });
  }
}
