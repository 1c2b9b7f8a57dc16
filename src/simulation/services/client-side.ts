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
import { ProcessSocket } from '../process-socket.ts';

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

  get isFrozen(): boolean {
    return this.#freezes > 0;
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
    if (this.#freezes === 0 && this.#late.length === 0) work();
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
    let isOver = false;
    const then = (work: () => void): void => {
      clock.run(() => {
        if (!isOver) work();
      });
    };
    this.#tell({ kind: 'dialled' });
    const socket = place.network.dial(request, {
      onOpen: () => {
        then(() => {
          this.#tell({ kind: 'opened' });
          handlers.onOpen();
        });
      },
      onFrame: (frame) => {
        const kept = clock.isFrozen ? copied(frame) : frame;
        const habits = { areRepeated: clock.repeatingFinals > 0, areLost: place.losingFinals > 0 };
        for (let times = finals.times(kept, habits); times > 0; times -= 1) {
          then(() => handlers.onFrame(kept));
        }
      },
      onPong: () => then(() => handlers.onPong()),
      onDrain: () => then(() => handlers.onDrain()),
      onEnd: (end) => {
        then(() => {
          isOver = true;
          this.#tell({ kind: 'ended', end });
          handlers.onEnd(end);
        });
      },
    });
    return new ProcessSocket(socket, () => {
      isOver = true;
    });
  }
}

function copied(frame: Frame): Frame {
  return typeof frame === 'string' ? frame : new Uint8Array(frame);
}
